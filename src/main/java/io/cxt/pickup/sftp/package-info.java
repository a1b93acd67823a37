/**
 * The folder on an SFTP server: {@code pickup-sftp}.
 */
@NullMarked
package io.cxt.pickup.sftp;

import org.jspecify.annotations.NullMarked;
