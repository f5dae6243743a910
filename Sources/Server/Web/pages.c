int parlor_pages;
