package io.cxt.soak;

/**
 * What the process took at one moment.
 *
 * @param sent chats that CXone had by then
 * @param heapMb in use after the latest collection of the whole heap; 0 before the first
 * @param rssMb of memory that the operating system counts
 * @param files open file handles, sockets included
 */
record Sample(double second, long sent, int heapMb, int rssMb, int threads, int files) {}
