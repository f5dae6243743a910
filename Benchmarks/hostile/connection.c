// A connection: made, upgraded, heard, ended, and made again from the next address.
#define _GNU_SOURCE
#include "flood.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAUSE_NS = 20 * 1000 * 1000 };   // before a connection that was ended is made again

static int loop_fd, port;
static uint32_t noise = 0x9e3779b9;

void use_loop(int loop, int to_port) {
    loop_fd = loop;
    port = to_port;
}

uint32_t random_word(void) { return noise = noise * 1664525 + 1013904223; }

bool is_honest(const Connection *connection) { return connection->load->pairs != NULL; }

void end_connection(Connection *connection) {
    if (is_honest(connection)) fail("an honest player was cut off");
    if (connection->fd >= 0) close(connection->fd);
    connection->fd = -1;
    connection->state = CLOSED;
    connection->again = now() + PAUSE_NS;
}

void connect_again(Connection *connection) {
    Load *load = connection->load;
    uint32_t address = load->next_address++ % ADDRESSES;
    struct sockaddr_in from = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(0x7f000000 | load->network << 16 | 1 << 8 | (1 + address)),
    };
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connection->fd < 0) fail("socket: %s", strerror(errno));
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // The port is chosen together with where it goes to: one address has as many for each.
    setsockopt(connection->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (bind(connection->fd, (struct sockaddr *)&from, sizeof from) != 0) fail("bind: %s", strerror(errno));
    if (connect(connection->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)
        fail("connect: %s", strerror(errno));
    connection->state = CONNECTING;
    connection->held = connection->skip = 0;
    connection->has_voted = connection->has_joined = false;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
    if (epoll_ctl(loop_fd, EPOLL_CTL_ADD, connection->fd, &event) != 0) fail("epoll: %s", strerror(errno));
    if (is_measuring) load->opened++;
}

/// What does not fit the socket's buffer is not sent: the server does not read.
void send_bytes(Connection *connection, const void *bytes, size_t length) {
    ssize_t sent = send(connection->fd, bytes, length, MSG_NOSIGNAL);
    if (sent == (ssize_t)length) return;
    if (is_honest(connection)) fail("an honest player is not read: %s", strerror(errno));
    // Half a frame would make the next one garbage.
    end_connection(connection);
}

/// A masked frame; its payload has at most 65,535 bytes.
void send_frame(Connection *connection, int opcode, const char *text, size_t length) {
    char frame[4096];
    uint32_t mask = random_word();
    char key[4];
    memcpy(key, &mask, 4);
    size_t at = 0;
    frame[at++] = (char)(0x80 | opcode);
    if (length < 126) {
        frame[at++] = (char)(0x80 | length);
    } else {
        frame[at++] = (char)(0x80 | 126);
        frame[at++] = (char)(length >> 8);
        frame[at++] = (char)length;
    }
    if (at + 4 + length > sizeof frame) fail("a message is too long");
    memcpy(frame + at, key, 4);
    at += 4;
    for (size_t i = 0; i < length; i++) frame[at + i] = text[i] ^ key[i & 3];
    send_bytes(connection, frame, at + length);
    if (is_measuring) connection->load->messages++;
}

void say(Connection *connection, const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    send_frame(connection, 1, text, (size_t)length);
}

const char *upgrade_request(void) {
    static char text[512];
    snprintf(text, sizeof text,
             "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", port);
    return text;
}

// MARK: Hearing

static void hear_text(Connection *connection, char *text, size_t length) {
    char last = text[length];
    text[length] = 0;
    if (strncmp(text, "{\"type\":\"welcome\"", 17) == 0) {
        if (connection->load->kind->ready == ONCE_SEATED) take_seat(connection); else connection->state = READY;
    } else if (connection->state == SEATING && strncmp(text, "{\"type\":\"join_room_result\"", 26) == 0) {
        hear_seat(connection, text);
    } else if (is_honest(connection)) {
        hear_honest(connection, text);
    }
    text[length] = last;
}

/// Takes whole frames out of the inbox; returns false when the connection has ended.
static bool hear_frames(Connection *connection) {
    size_t at = 0;
    while (connection->held - at >= 2) {
        uint8_t *head = (uint8_t *)connection->inbox + at;
        size_t length = head[1] & 127, header = length == 126 ? 4 : length == 127 ? 10 : 2;
        if (connection->held - at < header) break;
        if (length == 126) length = (size_t)head[2] << 8 | head[3];
        else if (length == 127) length = (size_t)head[6] << 24 | (size_t)head[7] << 16 | (size_t)head[8] << 8 | head[9];
        int opcode = head[0] & 15;
        if (opcode == 8) {
            end_connection(connection);
            return false;
        }
        if (header + length >= INBOX_BYTES) {
            size_t here = connection->held - at;
            connection->skip = header + length > here ? header + length - here : 0;
            at = connection->held - (here > header + length ? here - header - length : 0);
            continue;
        }
        if (connection->held - at < header + length) break;
        if (opcode == 1) hear_text(connection, connection->inbox + at + header, length);
        else if (opcode == 9) send_frame(connection, 10, connection->inbox + at + header, length);
        if (connection->fd < 0) return false;
        at += header + length;
    }
    memmove(connection->inbox, connection->inbox + at, connection->held - at);
    connection->held -= at;
    return true;
}

void hear(Connection *connection) {
    // One byte stays free for the end of a text.
    ssize_t count = recv(connection->fd, connection->inbox + connection->held, INBOX_BYTES - 1 - connection->held, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return end_connection(connection);
    if (connection->state == READY && connection->load->kind->ready == ONCE_CONNECTED) return;
    if (connection->skip) {
        size_t skipped = connection->skip < (size_t)count ? connection->skip : (size_t)count;
        connection->skip -= skipped;
        memmove(connection->inbox, connection->inbox + skipped, (size_t)count - skipped);
        count -= (ssize_t)skipped;
    }
    connection->held += (size_t)count;
    if (connection->state == UPGRADING) {
        char *body = memmem(connection->inbox, connection->held, "\r\n\r\n", 4);
        if (!body) return;
        if (strncmp(connection->inbox, "HTTP/1.1 101", 12) != 0) return end_connection(connection);
        size_t head = (size_t)(body + 4 - connection->inbox);
        memmove(connection->inbox, body + 4, connection->held -= head);
        connection->state = SEATING;
    }
    hear_frames(connection);
}

void connected(Connection *connection) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(loop_fd, EPOLL_CTL_MOD, connection->fd, &event);
    if (connection->load->kind->ready == ONCE_CONNECTED) {
        connection->state = READY;
    } else {
        connection->state = UPGRADING;
        send_bytes(connection, upgrade_request(), strlen(upgrade_request()));
    }
}
