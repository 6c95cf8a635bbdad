/* Many connections that read and do not look: what is measured with them is who sends.

   drain PORT COUNT HELLO REST READY AGES SHARED

   Opens COUNT connections to a port of this machine. Each sends HELLO, sends REST behind the first bytes it gets, and is
   ready when READY has come (all three in hexadecimal; an empty one is skipped). When all are, "ready" is printed, and
   SHARED, a file mapped into memory, begins to count: bytes in all, connections that ended, and, if AGES is 1, for each
   field 20 of 20 digits the microseconds since the moment that it names (CLOCK_MONOTONIC, in nanoseconds). A heartbeat
   of the wire is answered then, too: a run may be long. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER (256 * 1024)
#define SLOTS (1 << 20)
#define KEPT 40

struct shared { volatile uint64_t bytes, ended; volatile uint32_t ages[SLOTS]; };
struct peer { int fd; int kept; char tail[KEPT]; };
static char buffer[KEPT + BUFFER];
static const char PONG[] = "\x81\x8f\0\0\0\0{\"trnm\":\"PING\"}";

static int bytes_of(const char *hex, char *out) {
    int size = strlen(hex) / 2;
    for (int at = 0; at < size; at++) sscanf(hex + 2 * at, "%2hhx", (unsigned char *)out + at);
    return size;
}

static int opened(int port) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&there, sizeof there)) { perror("connect"); exit(1); }
    return fd;
}

/* Read until a mark has come. */
static void awaited(int fd, const char *mark, int size) {
    int have = 0;
    while (size && !memmem(buffer, have, mark, size)) {
        int got = recv(fd, buffer + have, BUFFER - have, 0);
        if (got <= 0) { fprintf(stderr, "ended before it was ready: %.*s\n", have, buffer); exit(1); }
        have += got;
    }
}

/* Note how old each push is. A field that is cut in two is kept until the rest of it comes. */
static void look(struct peer *peer, struct shared *shared, int got) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ns = now.tv_sec * 1000000000LL + now.tv_nsec;
    char *start = buffer + KEPT - peer->kept, *end = buffer + KEPT + got, *at = start;
    memcpy(start, peer->tail, peer->kept);
    while ((at = memmem(at, end - at, "\"20\":\"", 6)) && end - at >= 27) {
        int64_t sent = 0;
        int digits = 6;
        while (digits < 26 && at[digits] >= '0' && at[digits] <= '9') sent = sent * 10 + at[digits++] - '0';
        if (digits == 26) {
            int64_t age = (ns - sent) / 1000;
            shared->ages[age < 0 ? 0 : age >= SLOTS ? SLOTS - 1 : age]++;
        }
        at += digits;
    }
    char *keep = at ? at : end - 5 < start ? start : end - 5;
    peer->kept = end - keep > KEPT ? KEPT : end - keep;
    memcpy(peer->tail, end - peer->kept, peer->kept);
}

int main(int argc, char **argv) {
    if (argc != 8) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]);
    static char hello[4096], rest[4096], ready[256];
    int hello_size = bytes_of(argv[3], hello), rest_size = bytes_of(argv[4], rest), ready_size = bytes_of(argv[5], ready);
    int ages = atoi(argv[6]), file = open(argv[7], O_RDWR);
    struct shared *shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    struct peer *peers = calloc(count, sizeof *peers);
    int polling = epoll_create1(0);
    for (int n = 0; n < count; n++) {
        int fd = peers[n].fd = opened(port);
        if (hello_size && send(fd, hello, hello_size, 0) != hello_size) return 1;
        if (rest_size && (recv(fd, buffer, BUFFER, 0) <= 0 || send(fd, rest, rest_size, 0) != rest_size)) return 1;
        awaited(fd, ready, ready_size);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &peers[n]};
        epoll_ctl(polling, EPOLL_CTL_ADD, fd, &event);
    }
    printf("ready\n");
    fflush(stdout);
    struct epoll_event events[256];
    for (;;) {
        int found = epoll_wait(polling, events, 256, -1);
        for (int n = 0; n < found; n++) {
            struct peer *peer = events[n].data.ptr;
            int got = recv(peer->fd, buffer + KEPT, BUFFER, 0);
            if (got <= 0) {
                epoll_ctl(polling, EPOLL_CTL_DEL, peer->fd, 0);
                shared->ended++;
                continue;
            }
            shared->bytes += got;
            if (!ages) continue;
            look(peer, shared, got);
            if (memmem(buffer + KEPT, got, "\"PING\"", 6)) send(peer->fd, PONG, sizeof PONG - 1, MSG_DONTWAIT);
        }
    }
}
