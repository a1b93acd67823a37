-- psql -v password="'…'" -f database.sql
CREATE USER cxt PASSWORD :password;
CREATE DATABASE cxt OWNER cxt;
