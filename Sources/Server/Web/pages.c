#include "pages.h"
const parlor_page parlor_pages[] = {{"index.html", (const unsigned char *)"hi", 2}};
const unsigned long parlor_page_count = 1;
parlor_page parlor_page_at(unsigned long index) { return parlor_pages[index]; }
