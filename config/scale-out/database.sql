-- psql -v password="'…'" -f database.sql
CREATE USER cxt PASSWORD :password;
-- UTF8: any other encoding has no place for some names and ids, and CXT does not start on it.
CREATE DATABASE cxt OWNER cxt ENCODING 'UTF8' TEMPLATE template0;
