#include "resp_codec.h"

#include <hiredis/hiredis.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* hiredis moves what is left of its buffer for every 1 KB it has read: small slices keep that short. */
    slice_bytes = 4 * 1024,
    /* More than slices need, so that its buffer is not allocated again for each. */
    buffer_bytes = 64 * 1024,
    /* The longest number has 20 characters, and there may be one CR without its LF. */
    number_bytes = 21,
    /* Arguments without an allocation. */
    few_arguments = 64
};

struct resp_reader {
    redisReader *hiredis; /* NULL after a failure */
    resp_limits limits;
    resp_failure failure;
    resp_token *tokens;
    size_t token_count, token_capacity, complete_tokens;
    uint8_t *bytes;
    size_t byte_count, byte_capacity, complete_bytes;
    size_t elements; /* announced by the reply that is being read */
    uint64_t fed;    /* bytes since the start */
    uint64_t begun;  /* where the reply that is being read begins */
};

/* hiredis asks for objects; any pointer but NULL will do, and NULL ends the reading. */
static void *refuse(resp_reader *reader, resp_failure failure) {
    reader->failure = failure;
    return NULL;
}

static int reserve(void **memory, size_t *capacity, size_t count, size_t unit) {
    if (count <= *capacity) return 1;
    size_t wanted = *capacity < 64 ? 64 : *capacity;
    while (wanted < count) wanted *= 2;
    void *larger = realloc(*memory, wanted * unit);
    if (larger == NULL) return 0;
    *memory = larger;
    *capacity = wanted;
    return 1;
}

static void *append(resp_reader *reader, resp_kind kind, size_t length, int64_t integer) {
    if (!reserve((void **)&reader->tokens, &reader->token_capacity, reader->token_count + 1, sizeof(resp_token)))
        return refuse(reader, RESP_NO_MEMORY);
    reader->tokens[reader->token_count++] = (resp_token){kind, (uint32_t)length, integer};
    return reader;
}

static void *append_text(resp_reader *reader, resp_kind kind, const char *text, size_t length) {
    /* One more, so that the bytes are somewhere even when all texts are empty. */
    if (!reserve((void **)&reader->bytes, &reader->byte_capacity, reader->byte_count + length + 1, 1))
        return refuse(reader, RESP_NO_MEMORY);
    memcpy(reader->bytes + reader->byte_count, text, length);
    reader->byte_count += length;
    return append(reader, kind, length, 0);
}

static void *create_string(const redisReadTask *task, char *text, size_t length) {
    resp_reader *reader = task->privdata;
    if (task->type == REDIS_REPLY_STRING) {
        if (length > reader->limits.bulk_bytes) return refuse(reader, RESP_BULK_TOO_LONG);
        /* hiredis has waited for these two bytes, and has not looked at them. */
        if (text[length] != '\r' || text[length + 1] != '\n') return refuse(reader, RESP_UNTERMINATED);
        return append_text(reader, RESP_BULK, text, length);
    }
    if (task->type != REDIS_REPLY_STATUS && task->type != REDIS_REPLY_ERROR) return refuse(reader, RESP_NOT_RESP2);
    if (length > reader->limits.line_bytes) return refuse(reader, RESP_LINE_TOO_LONG);
    if (memchr(text, '\n', length) != NULL || memchr(text, '\r', length) != NULL)
        return refuse(reader, RESP_MALFORMED);
    return append_text(reader, task->type == REDIS_REPLY_STATUS ? RESP_STATUS : RESP_ERROR, text, length);
}

static void *create_elements(const redisReadTask *task, size_t count) {
    resp_reader *reader = task->privdata;
    if (task->type != REDIS_REPLY_ARRAY) return refuse(reader, RESP_NOT_RESP2);
    size_t depth = 1;
    for (const redisReadTask *outer = task->parent; outer != NULL; outer = outer->parent) depth++;
    if (depth > reader->limits.depth) return refuse(reader, RESP_TOO_DEEP);
    if (count > reader->limits.elements - reader->elements) return refuse(reader, RESP_TOO_MANY_ELEMENTS);
    reader->elements += count;
    return append(reader, RESP_ARRAY, count, 0);
}

static void *create_integer(const redisReadTask *task, long long value) {
    resp_reader *reader = task->privdata;
    if (task->type != REDIS_REPLY_INTEGER) return refuse(reader, RESP_NOT_RESP2);
    return append(reader, RESP_INTEGER, 0, value);
}

static void *create_null(const redisReadTask *task) {
    resp_reader *reader = task->privdata;
    if (task->type != REDIS_REPLY_STRING && task->type != REDIS_REPLY_ARRAY) return refuse(reader, RESP_NOT_RESP2);
    return append(reader, RESP_NULL, 0, 0);
}

#if HIREDIS_MAJOR >= 1
static void *create_array(const redisReadTask *task, size_t count) { return create_elements(task, count); }

static void *create_double(const redisReadTask *task, double value, char *text, size_t length) {
    (void)value, (void)text, (void)length;
    return refuse(task->privdata, RESP_NOT_RESP2);
}

static void *create_bool(const redisReadTask *task, int value) {
    (void)value;
    return refuse(task->privdata, RESP_NOT_RESP2);
}

static const redisReadTask *current_task(const redisReader *hiredis) { return hiredis->task[hiredis->ridx]; }
#else
static void *create_array(const redisReadTask *task, int count) { return create_elements(task, (size_t)count); }

static const redisReadTask *current_task(const redisReader *hiredis) { return &hiredis->rstack[hiredis->ridx]; }
#endif

static redisReplyObjectFunctions functions = {
    .createString = create_string,
    .createArray = create_array,
    .createInteger = create_integer,
#if HIREDIS_MAJOR >= 1
    .createDouble = create_double,
    .createBool = create_bool,
#endif
    .createNil = create_null,
    .freeObject = NULL,
};

resp_reader *resp_reader_create(resp_limits limits) {
    resp_reader *reader = calloc(1, sizeof(resp_reader));
    if (reader == NULL) return NULL;
    reader->limits = limits;
    reader->hiredis = redisReaderCreateWithFunctions(&functions);
    if (reader->hiredis == NULL) {
        free(reader);
        return NULL;
    }
    reader->hiredis->privdata = reader;
    reader->hiredis->maxbuf = buffer_bytes;
    return reader;
}

void resp_reader_free(resp_reader *reader) {
    if (reader == NULL) return;
    redisReaderFree(reader->hiredis);
    free(reader->tokens);
    free(reader->bytes);
    free(reader);
}

/* hiredis waits for more of an item: is the item one worth waiting for? */
static resp_failure judge_wait(const resp_reader *reader) {
    const redisReader *hiredis = reader->hiredis;
    if (reader->fed - reader->begun > reader->limits.reply_bytes) return RESP_REPLY_TOO_LONG;
    if (hiredis->ridx < 0) return RESP_FINE;
    const char *item = hiredis->buf + hiredis->pos;
    size_t length = hiredis->len - hiredis->pos;
    switch (current_task(hiredis)->type) {
    case -1: /* its first byte is not there */
        return RESP_FINE;
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
        /* One more: a CR without its LF. */
        return length > reader->limits.line_bytes + 1 ? RESP_LINE_TOO_LONG : RESP_FINE;
    case REDIS_REPLY_INTEGER:
    case REDIS_REPLY_ARRAY:
        return length > number_bytes ? RESP_LINE_TOO_LONG : RESP_FINE;
    case REDIS_REPLY_STRING: {
        /* The line is whole and a number when its end is there, since hiredis has gone past it. */
        size_t announced = 0;
        for (size_t i = 0; i < length && i <= number_bytes; i++) {
            if (item[i] == '\r') {
                int is_whole = i + 1 < length && item[i + 1] == '\n';
                return is_whole && announced > reader->limits.bulk_bytes ? RESP_BULK_TOO_LONG : RESP_FINE;
            }
            if (item[i] < '0' || item[i] > '9') continue; /* hiredis will judge it */
            size_t digit = (size_t)(item[i] - '0');
            announced = announced > (SIZE_MAX - digit) / 10 ? SIZE_MAX : announced * 10 + digit;
        }
        return length > number_bytes ? RESP_LINE_TOO_LONG : RESP_FINE;
    }
    default:
        return RESP_NOT_RESP2;
    }
}

/* Reads what hiredis has; returns how many replies are complete. */
static size_t drain(resp_reader *reader) {
    redisReader *hiredis = reader->hiredis;
    for (size_t replies = 0;; replies++) {
        void *reply = NULL;
        if (redisReaderGetReply(hiredis, &reply) != REDIS_OK) {
            if (reader->failure == RESP_FINE) reader->failure = RESP_MALFORMED;
            return replies;
        }
        if (reply == NULL) {
            reader->failure = judge_wait(reader);
            return replies;
        }
        uint64_t end = reader->fed - (hiredis->len - hiredis->pos);
        if (end - reader->begun > reader->limits.reply_bytes) {
            reader->failure = RESP_REPLY_TOO_LONG;
            return replies;
        }
        reader->begun = end;
        reader->elements = 0;
        reader->complete_tokens = reader->token_count;
        reader->complete_bytes = reader->byte_count;
    }
}

resp_batch resp_reader_read(resp_reader *reader, const uint8_t *bytes, size_t length) {
    size_t replies = 0;
    while (length > 0 && reader->failure == RESP_FINE) {
        size_t slice = length < slice_bytes ? length : slice_bytes;
        if (redisReaderFeed(reader->hiredis, (const char *)bytes, slice) != REDIS_OK) {
            reader->failure = RESP_NO_MEMORY;
            break;
        }
        reader->fed += slice;
        bytes += slice;
        length -= slice;
        replies += drain(reader);
    }
    if (reader->failure != RESP_FINE) {
        redisReaderFree(reader->hiredis);
        reader->hiredis = NULL;
    }
    return (resp_batch){reader->tokens, reader->bytes, replies, reader->failure};
}

void resp_reader_drop(resp_reader *reader) {
    reader->token_count -= reader->complete_tokens;
    reader->byte_count -= reader->complete_bytes;
    if (reader->complete_tokens > 0 && reader->token_count > 0)
        memmove(reader->tokens, reader->tokens + reader->complete_tokens, reader->token_count * sizeof(resp_token));
    if (reader->complete_bytes > 0 && reader->byte_count > 0)
        memmove(reader->bytes, reader->bytes + reader->complete_bytes, reader->byte_count);
    reader->complete_tokens = 0;
    reader->complete_bytes = 0;
    if (reader->token_count == 0 && reader->token_capacity * sizeof(resp_token) > reader->limits.kept_bytes) {
        free(reader->tokens);
        reader->tokens = NULL;
        reader->token_capacity = 0;
    }
    if (reader->byte_count == 0 && reader->byte_capacity > reader->limits.kept_bytes) {
        free(reader->bytes);
        reader->bytes = NULL;
        reader->byte_capacity = 0;
    }
}

int64_t resp_command(const uint8_t *bytes, const size_t *lengths, size_t count, char **command) {
    const char *few[few_arguments];
    const char **arguments = few;
    if (count > INT_MAX) return -1;
    if (count > few_arguments) {
        arguments = malloc(count * sizeof(*arguments));
        if (arguments == NULL) return -1;
    }
    for (size_t i = 0; i < count; i++) {
        arguments[i] = (const char *)bytes;
        bytes += lengths[i];
    }
    /* The variant for sds writes the same bytes without printf, in half the time. */
    sds formatted = NULL;
    int64_t length = redisFormatSdsCommandArgv(&formatted, (int)count, arguments, lengths);
    *command = formatted;
    if (arguments != few) free(arguments);
    return length;
}

void resp_free(char *command) { redisFreeSdsCommand(command); }
