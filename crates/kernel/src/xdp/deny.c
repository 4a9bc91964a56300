// Drops what comes from denied networks to our TCP ports, before the kernel has made anything of it.
//
// Everything that is not plainly that goes on: other protocols, other ports, fragments after the first, headers that
// don't fit. Types and numbers are those of the kernel's stable interface (linux/bpf.h, RFC 791, 8200, 9293), written out so that
// building needs clang and no headers.

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

struct xdp_md {
	u32 data;
	u32 data_end;
	u32 data_meta;
	u32 ingress_ifindex;
	u32 rx_queue_index;
	u32 egress_ifindex;
};

enum { XDP_DROP = 1, XDP_PASS = 2 };
enum { MAP_HASH = 1, MAP_PERCPU_ARRAY = 6, MAP_LPM_TRIE = 11 };
enum { NO_PREALLOC = 1 };
enum { DENY = 1, SPARE = 2 };

#define SECTION(name) __attribute__((section(name), used))
#define NUMBER(name, value) int(*name)[value]
#define TYPE(name, value) value *name

static void *(*lookup)(void *map, const void *key) = (void *)1;

struct key4 {
	u32 bits;
	u8 address[4];
};

struct key6 {
	u32 bits;
	u8 address[16];
};

struct {
	NUMBER(type, MAP_LPM_TRIE);
	NUMBER(max_entries, 32768);
	NUMBER(map_flags, NO_PREALLOC);
	TYPE(key, struct key4);
	TYPE(value, u32);
} networks4 SECTION(".maps");

struct {
	NUMBER(type, MAP_LPM_TRIE);
	NUMBER(max_entries, 32768);
	NUMBER(map_flags, NO_PREALLOC);
	TYPE(key, struct key6);
	TYPE(value, u32);
} networks6 SECTION(".maps");

// Ports in the byte order of the wire.
struct {
	NUMBER(type, MAP_HASH);
	NUMBER(max_entries, 64);
	TYPE(key, u16);
	TYPE(value, u8);
} ports SECTION(".maps");

// Packets and bytes.
struct {
	NUMBER(type, MAP_PERCPU_ARRAY);
	NUMBER(max_entries, 2);
	TYPE(key, u32);
	TYPE(value, u64);
} dropped SECTION(".maps");

static inline void count(u32 at, u64 more)
{
	u64 *counter = lookup(&dropped, &at);

	if (counter)
		*counter += more;
}

static inline int is_ours(const u8 *tcp, const u8 *end)
{
	u16 port;

	if (tcp + 4 > end)
		return 0;
	__builtin_memcpy(&port, tcp + 2, 2);
	return lookup(&ports, &port) != 0;
}

static inline int denied4(const u8 *ip, const u8 *end)
{
	struct key4 key = {.bits = 32};
	u32 *verdict;
	u32 header;

	if (ip + 20 > end || ip[9] != 6)
		return 0;
	// Fragments after the first have no TCP header.
	if ((ip[6] & 0x1f) || ip[7])
		return 0;
	header = (ip[0] & 0x0f) * 4;
	if (header < 20 || !is_ours(ip + header, end))
		return 0;
	__builtin_memcpy(key.address, ip + 12, 4);
	verdict = lookup(&networks4, &key);
	return verdict && *verdict == DENY;
}

static inline int denied6(const u8 *ip, const u8 *end)
{
	struct key6 key = {.bits = 128};
	u32 *verdict;

	if (ip + 40 > end || ip[6] != 6 || !is_ours(ip + 40, end))
		return 0;
	__builtin_memcpy(key.address, ip + 8, 16);
	verdict = lookup(&networks6, &key);
	return verdict && *verdict == DENY;
}

SECTION("xdp") int deny(struct xdp_md *packet)
{
	const u8 *begin = (const u8 *)(long)packet->data;
	const u8 *end = (const u8 *)(long)packet->data_end;
	const u8 *type = begin + 12;
	int denied = 0;

	if (begin + 22 > end)
		return XDP_PASS;
	// One VLAN tag (IEEE 802.1Q) is looked behind.
	if (type[0] == 0x81 && type[1] == 0x00)
		type += 4;
	if (type[0] == 0x08 && type[1] == 0x00)
		denied = denied4(type + 2, end);
	else if (type[0] == 0x86 && type[1] == 0xdd)
		denied = denied6(type + 2, end);
	if (!denied)
		return XDP_PASS;
	count(0, 1);
	count(1, end - begin);
	return XDP_DROP;
}

// The helpers that we call may be called by programs of any licence.
const char licence[] SECTION("license") = "EUPL-1.2";
