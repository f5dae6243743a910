/* Tells callgrind from where to where instructions are counted; does nothing where none is watching. */
#ifndef COUNTING_H
#define COUNTING_H
void counting_begin(void);
void counting_end(void);
#endif
