extern int parlor_pages;
