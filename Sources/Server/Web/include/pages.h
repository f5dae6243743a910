typedef struct { const char *name; const unsigned char *bytes; unsigned long count; } parlor_page;
parlor_page parlor_page_at(unsigned long index);
extern const unsigned long parlor_page_count;
