/* Bytes that malloc has given out. */
#ifndef HEAP_H
#define HEAP_H
long heap_bytes(void);
#endif
