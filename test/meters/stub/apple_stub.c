/*
 * A made-up macOS: CoreFoundation, IOReport, IOKit with a management controller, notify(3).
 * It counts what is created and released, so that a test sees a leak and a release too many; released
 * objects are kept, so that using one is seen, too. The channel list comes from the test.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct {
  const char *name;
  double value;
} state[] = {
    {"time_s", 0},     {"no_group", 0},   {"no_subscription", 0}, {"no_sample", 0},   {"no_delta", 0},
    {"swapped", 0},    {"thermal", 0},    {"thermal_rc", 0},      {"pstr_w", 12.5},   {"smc_rc", 0},
    {"smc_result", 0}, {"smc_open_rc", 0}, {"smc_services", 2},   {"smc_type", 0},    {"no_string", 0},
};
#include "switches.h"

/* CoreFoundation */

enum { STRING = 1, CHANNEL, ARRAY, DICTIONARY, SUBSCRIPTION };
#define MOST 256
typedef struct Object {
  int kind, references;
  char text[256];
  struct Object *name, *unit;
  int64_t value;
  struct Object *list;
  struct Object *items[MOST];
  int count;
} Object;

static int live = 0, faults = 0;
static Object *make(int kind) {
  Object *o = calloc(1, sizeof *o);
  o->kind = kind;
  o->references = 1;
  live++;
  return o;
}
/* An object that its owner keeps and nobody else releases. */
static Object *borrowed(int kind) {
  Object *o = make(kind);
  live--;
  return o;
}
static Object *used(void *ref, int kind) {
  Object *o = ref;
  if (!o || o->references <= 0 || o->kind != kind) faults++;
  return o;
}
int stub_live(void) { return live; }
int stub_faults(void) { return faults; }

void CFRelease(void *ref) {
  Object *o = ref;
  if (!o || o->references <= 0) {
    faults++;
    return;
  }
  if (--o->references == 0) live--;
}
void *CFStringCreateWithCString(void *allocator, const char *text, uint32_t encoding) {
  if (allocator || encoding != 0x08000100 || get("no_string")) return NULL;
  Object *o = make(STRING);
  strncpy(o->text, text, sizeof o->text - 1);
  return o;
}
uint8_t CFStringGetCString(void *ref, char *out, int64_t size, uint32_t encoding) {
  Object *o = used(ref, STRING);
  if (encoding != 0x08000100 || (int64_t)strlen(o->text) >= size) return 0;
  strcpy(out, o->text);
  return 1;
}
void *CFDictionaryCreateMutableCopy(void *allocator, int64_t capacity, void *ref) {
  (void)allocator, (void)capacity;
  Object *o = make(DICTIONARY);
  o->list = used(ref, DICTIONARY)->list;
  return o;
}
void *CFDictionaryGetValue(void *ref, void *key) {
  Object *o = used(ref, DICTIONARY);
  return strcmp(used(key, STRING)->text, "IOReportChannels") ? NULL : o->list;
}
int64_t CFArrayGetCount(void *ref) { return used(ref, ARRAY)->count; }
void *CFArrayGetValueAtIndex(void *ref, int64_t index) {
  Object *o = used(ref, ARRAY);
  if (index >= 0 && index < o->count) return o->items[index];
  faults++;
  return NULL;
}

/* IOReport: channels draw a constant power; counters count in their own unit. */

static struct {
  char name[256], unit[32];
  double watts, joule_per_count;
  int forced;
  int64_t value;
} channels[MOST];
static int channel_count = 0;

void stub_clear(void) { channel_count = 0; }
int stub_channel(const char *name, const char *unit, double watts) {
  if (channel_count == MOST) return -1;
  int i = channel_count++;
  memset(&channels[i], 0, sizeof channels[i]);
  strncpy(channels[i].name, name, sizeof channels[i].name - 1);
  strncpy(channels[i].unit, unit, sizeof channels[i].unit - 1);
  channels[i].watts = watts;
  channels[i].joule_per_count = unit[0] == 'm' ? 1e-3 : unit[0] == 'n' ? 1e-9 : 1e-6;
  return i;
}
/* From now on every delta of this channel is the value; `on` 0 ends that. */
void stub_force(int i, int on, int64_t value) {
  channels[i].forced = on;
  channels[i].value = value;
}

static Object *string(const char *text) {
  Object *o = borrowed(STRING);
  strncpy(o->text, text, sizeof o->text - 1);
  return o;
}
static Object *sample(void) {
  Object *o = make(DICTIONARY), *list = borrowed(ARRAY);
  o->list = list;
  list->count = channel_count;
  for (int i = 0; i < channel_count; i++) {
    Object *c = borrowed(CHANNEL);
    c->name = string(channels[i].name);
    c->unit = string(channels[i].unit);
    c->value = (int64_t)(channels[i].watts * get("time_s") / channels[i].joule_per_count + 1e-6);
    list->items[i] = c;
  }
  return o;
}
void *IOReportCopyChannelsInGroup(void *group, void *sub, uint64_t a, uint64_t b, uint64_t c) {
  if (strcmp(used(group, STRING)->text, "Energy Model") || sub || a || b || c || get("no_group")) return NULL;
  return sample();
}
void *IOReportCreateSubscription(void *a, void *wanted, void **out, uint64_t id, void *b) {
  used(wanted, DICTIONARY);
  if (a || id || b || get("no_subscription")) return NULL;
  *out = wanted;
  return make(SUBSCRIPTION);
}
void *IOReportCreateSamples(void *subscription, void *wanted, void *a) {
  used(subscription, SUBSCRIPTION), used(wanted, DICTIONARY), (void)a;
  return get("no_sample") ? NULL : sample();
}
void *IOReportCreateSamplesDelta(void *from, void *to, void *a) {
  Object *x = used(from, DICTIONARY)->list, *y = used(to, DICTIONARY)->list;
  (void)a;
  if (get("no_delta")) return NULL;
  Object *o = sample();
  for (int i = 0; i < o->list->count; i++) {
    int64_t gained = i < x->count && i < y->count ? y->items[i]->value - x->items[i]->value : 0;
    o->list->items[i]->value = channels[i].forced ? channels[i].value : gained;
  }
  if (get("swapped") && o->list->count > 1) {
    Object *first = o->list->items[0];
    o->list->items[0] = o->list->items[1];
    o->list->items[1] = first;
  }
  return o;
}
int64_t IOReportSimpleGetIntegerValue(void *ref, int32_t a) { return (void)a, used(ref, CHANNEL)->value; }
void *IOReportChannelGetChannelName(void *ref) { return used(ref, CHANNEL)->name; }
#ifndef NO_UNIT_LABEL
void *IOReportChannelGetUnitLabel(void *ref) { return used(ref, CHANNEL)->unit; }
#endif

/* notify(3) */

uint32_t notify_register_check(const char *name, int32_t *token) {
  if (get("thermal_rc") || strcmp(name, "com.apple.system.thermalpressurelevel")) return 1;
  *token = 77;
  live++;
  return 0;
}
uint32_t notify_get_state(int32_t token, uint64_t *level) {
  if (token != 77) return 2;
  *level = (uint64_t)get("thermal");
  return 0;
}
uint32_t notify_cancel(int32_t token) {
  if (token == 77) live--;
  return 0;
}

/* IOKit and the management controller */

typedef struct {
  uint32_t key;
  struct { uint8_t major, minor, build, reserved; uint16_t release; } version;
  struct { uint16_t version, length; uint32_t cpu, gpu, memory; } limits;
  struct { uint32_t size, type; uint8_t attributes; } info;
  uint8_t result, status, command;
  uint32_t data32;
  uint8_t bytes[32];
} KeyData;
_Static_assert(sizeof(KeyData) == SMC_SIZE, "KeyData");
_Static_assert(offsetof(KeyData, key) == SMC_KEY, "key");
_Static_assert(offsetof(KeyData, info.size) == SMC_DATA_SIZE, "size");
_Static_assert(offsetof(KeyData, info.type) == SMC_DATA_TYPE, "type");
_Static_assert(offsetof(KeyData, result) == SMC_RESULT, "result");
_Static_assert(offsetof(KeyData, command) == SMC_COMMAND, "command");
_Static_assert(offsetof(KeyData, bytes) == SMC_BYTES, "bytes");

enum { ITERATOR = 900, SERVICE = 1000, CONNECTION = 5000, TASK = 259 };
static int next_service = 0;
/* IOServiceGetMatchingServices releases the dictionary. */
void *IOServiceMatching(const char *name) { return strcmp(name, "AppleSMC") ? NULL : make(DICTIONARY); }
int32_t IOServiceGetMatchingServices(uint32_t port, void *matching, uint32_t *iterator) {
  (void)port;
  CFRelease(matching);
  next_service = 0;
  *iterator = ITERATOR;
  live++;
  return 0;
}
uint32_t IOIteratorNext(uint32_t iterator) {
  if (iterator != ITERATOR || next_service >= (int)get("smc_services")) return 0;
  live++;
  return SERVICE + next_service++;
}
int32_t IORegistryEntryGetName(uint32_t service, char *out) {
  strcpy(out, service == SERVICE + 1 ? "AppleSMCKeysEndpoint" : "AppleSMCOther");
  return 0;
}
int32_t IOObjectRelease(uint32_t object) { return (void)object, live--, 0; }
uint32_t mach_task_self(void) { return TASK; }
int32_t IOServiceOpen(uint32_t service, uint32_t task, uint32_t type, uint32_t *connection) {
  if (get("smc_open_rc") || service != SERVICE + 1 || task != TASK || type) return -1;
  *connection = CONNECTION;
  live++;
  return 0;
}
int32_t IOServiceClose(uint32_t connection) {
  if (connection == CONNECTION) live--;
  return 0;
}
#define LETTERS(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))
int32_t IOConnectCallStructMethod(uint32_t connection, uint32_t selector, const void *in, size_t size, void *out,
                                  size_t *out_size) {
  const KeyData *asked = in;
  KeyData *answer = out;
  if (get("smc_rc")) return (int32_t)get("smc_rc");
  if (connection != CONNECTION || selector != 2 || size != sizeof *asked || *out_size != sizeof *answer) return -2;
  memset(answer, 0, sizeof *answer);
  answer->result = (uint8_t)get("smc_result");
  if (asked->key != LETTERS('P', 'S', 'T', 'R')) answer->result = 132;
  if (asked->command == 9) {
    answer->info.size = 4;
    answer->info.type = get("smc_type") ? LETTERS('u', 'i', '3', '2') : LETTERS('f', 'l', 't', ' ');
  } else if (asked->command == 5 && asked->info.size == 4) {
    float watts = (float)get("pstr_w");
    memcpy(answer->bytes, &watts, 4);
  } else
    answer->result = 200;
  return 0;
}
