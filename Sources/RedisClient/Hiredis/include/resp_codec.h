/* The one place that touches hiredis: RESP2 replies out of bytes, commands into bytes. */
#ifndef RESP_CODEC_H
#define RESP_CODEC_H

#include <stddef.h>
#include <stdint.h>

typedef enum resp_kind {
    RESP_NULL,
    RESP_INTEGER,
    RESP_BULK,
    RESP_STATUS,
    RESP_ERROR,
    RESP_ARRAY
} resp_kind;

/* A reply is its tokens in pre-order: an array, then its elements. The bytes of all of them lie one after another. */
typedef struct resp_token {
    resp_kind kind;
    uint32_t length; /* bytes of a text, elements of an array */
    int64_t integer;
} resp_token;

/* What hiredis leaves open; see ReplyLimits.swift. */
typedef struct resp_limits {
    size_t reply_bytes;
    size_t bulk_bytes;
    size_t line_bytes;
    size_t elements;
    size_t depth;
    size_t kept_bytes;
} resp_limits;

typedef enum resp_failure {
    RESP_FINE,
    RESP_MALFORMED,
    RESP_UNTERMINATED,
    RESP_BULK_TOO_LONG,
    RESP_LINE_TOO_LONG,
    RESP_REPLY_TOO_LONG,
    RESP_TOO_MANY_ELEMENTS,
    RESP_TOO_DEEP,
    RESP_NOT_RESP2,
    RESP_NO_MEMORY
} resp_failure;

/* Complete replies, theirs until the next call with the reader. Those in front of a failure are whole. */
typedef struct resp_batch {
    const resp_token *tokens;
    const uint8_t *bytes;
    size_t replies;
    resp_failure failure;
} resp_batch;

typedef struct resp_reader resp_reader;

/* NULL: no memory. */
resp_reader *resp_reader_create(resp_limits limits);
void resp_reader_free(resp_reader *reader);
/* After a failure a reader reads nothing more. */
resp_batch resp_reader_read(resp_reader *reader, const uint8_t *bytes, size_t length);
/* Forgets the complete replies. */
void resp_reader_drop(resp_reader *reader);

/* One command; its arguments lie one after another. Returns its length, or -1: no memory. Free it with resp_free. */
int64_t resp_command(const uint8_t *bytes, const size_t *lengths, size_t count, char **command);
void resp_free(char *command);

#endif
