/**
 * The folder on an SFTP server: {@code pickup-sftp}.
 */
package io.cxt.pickup.sftp;
