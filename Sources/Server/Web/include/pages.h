/// The pages of the server, as bytes inside the executable: a copied binary is a complete server.
#ifndef PARLOR_PAGES_H
#define PARLOR_PAGES_H

typedef struct {
    /// The path below the folder of pages.
    const char *name;
    const unsigned char *bytes;
    unsigned long count;
} parlor_page;

extern const unsigned long parlor_page_count;

/// The page at an index below `parlor_page_count`.
parlor_page parlor_page_at(unsigned long index);

#endif
