/*
 * A made-up Windows: the configuration manager's list of energy meters, the devices, the battery, the
 * performance counters. Metadata is written here through the structures of emi.h, so that the TypeScript
 * parser reads what a C compiler lays out. WCHAR is 16 bits.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t WCHAR;

static struct {
  const char *name;
  double value;
} state[] = {
    {"time_s", 0},      {"list_rc", 0},    {"open_error", 0},   {"ioctl_fails", 0}, {"grows", 0},
    {"short_by", 0},    {"power_rc", 0},   {"pdh_open_rc", 0},  {"collect_rc", 0},
};
#include "switches.h"

typedef struct { int32_t unit; uint16_t name_size; WCHAR name[1]; } EMI_CHANNEL_V2;
typedef struct { WCHAR oem[16], model[16]; uint16_t revision, channel_count; EMI_CHANNEL_V2 channels[1]; } EMI_METADATA_V2;
typedef struct {
  int32_t unit;
  WCHAR oem[16], model[16];
  uint16_t revision, name_size;
  WCHAR name[1];
} EMI_METADATA_V1;
typedef struct { uint64_t energy, time; } EMI_CHANNEL_MEASUREMENT_DATA;
typedef struct {
  uint8_t ac_online, present, charging, discharging, spare[3], tag;
  uint32_t max_capacity, remaining_capacity, rate, estimated_time, alert1, alert2;
} SYSTEM_BATTERY_STATE;
typedef struct { uint32_t number, max_mhz, current_mhz, mhz_limit, max_idle, current_idle; } PROCESSOR_POWER_INFORMATION;
typedef struct {
  uint32_t status;
  struct { uint32_t low, high; } time;
  int64_t first, second;
  uint32_t multi;
} PDH_RAW_COUNTER;

#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
AT(EMI_METADATA_V1, unit, V1_UNIT);
AT(EMI_METADATA_V1, oem, V1_OEM);
AT(EMI_METADATA_V1, model, V1_MODEL);
AT(EMI_METADATA_V1, name_size, V1_NAME_BYTES);
AT(EMI_METADATA_V1, name, V1_NAME);
AT(EMI_METADATA_V2, oem, V2_OEM);
AT(EMI_METADATA_V2, model, V2_MODEL);
AT(EMI_METADATA_V2, channel_count, V2_COUNT);
AT(EMI_METADATA_V2, channels, V2_CHANNELS);
AT(EMI_CHANNEL_V2, unit, CHANNEL_UNIT);
AT(EMI_CHANNEL_V2, name_size, CHANNEL_NAME_BYTES);
AT(EMI_CHANNEL_V2, name, CHANNEL_NAME);
SIZE(EMI_CHANNEL_MEASUREMENT_DATA, MEASUREMENT);
SIZE(SYSTEM_BATTERY_STATE, BATTERY_SIZE);
AT(SYSTEM_BATTERY_STATE, ac_online, BATTERY_AC);
AT(SYSTEM_BATTERY_STATE, present, BATTERY_PRESENT);
AT(SYSTEM_BATTERY_STATE, discharging, BATTERY_DISCHARGING);
AT(SYSTEM_BATTERY_STATE, max_capacity, BATTERY_MAX);
AT(SYSTEM_BATTERY_STATE, remaining_capacity, BATTERY_LEFT);
AT(SYSTEM_BATTERY_STATE, rate, BATTERY_RATE);
SIZE(PROCESSOR_POWER_INFORMATION, CPU_SIZE);
AT(PROCESSOR_POWER_INFORMATION, max_mhz, CPU_MAX);
AT(PROCESSOR_POWER_INFORMATION, current_mhz, CPU_CURRENT);
AT(PROCESSOR_POWER_INFORMATION, mhz_limit, CPU_LIMIT);
SIZE(PDH_RAW_COUNTER, PDH_SIZE);
AT(PDH_RAW_COUNTER, status, PDH_STATUS);
AT(PDH_RAW_COUNTER, time, PDH_TIME);
AT(PDH_RAW_COUNTER, first, PDH_FIRST);

/* Devices: channels that draw a constant power since time 0, on top of what they had counted by then. */

#define MOST 16
static struct {
  char path[64];
  int version, count;
  struct { char name[64]; int unit; double watts, start_j; } channels[MOST];
} devices[MOST];
static int device_count = 0, handles = 0;

void stub_clear(void) { device_count = 0; }
int stub_device(const char *path, int version) {
  int i = device_count++;
  memset(&devices[i], 0, sizeof devices[i]);
  strncpy(devices[i].path, path, sizeof devices[i].path - 1);
  devices[i].version = version;
  return i;
}
void stub_channel(int device, const char *name, int unit, double watts, double start_j) {
  int i = devices[device].count++;
  strncpy(devices[device].channels[i].name, name, 63);
  devices[device].channels[i].unit = unit;
  devices[device].channels[i].watts = watts;
  devices[device].channels[i].start_j = start_j;
}
int stub_handles(void) { return handles; }

static uint32_t widen(WCHAR *out, const char *text) {
  uint32_t n = 0;
  do
    out[n] = (WCHAR)(unsigned char)text[n];
  while (text[n++]);
  return n;
}
static int same(const WCHAR *wide, const char *text) {
  size_t i = 0;
  for (; text[i]; i++)
    if (wide[i] != (unsigned char)text[i]) return 0;
  return wide[i] == 0;
}

static const uint8_t energy_meters[16] = {0x44, 0x83, 0xbd, 0x45, 0xd6, 0x7e, 0xcf, 0x49,
                                          0xa4, 0x40, 0xc2, 0x76, 0xc9, 0x33, 0xb0, 0x53};
static uint32_t list_length(void) {
  uint32_t n = 1;
  for (int i = 0; i < device_count; i++) n += (uint32_t)strlen(devices[i].path) + 1;
  return n;
}
uint32_t CM_Get_Device_Interface_List_SizeW(uint32_t *length, const void *guid, void *id, uint32_t flags) {
  if (get("list_rc") || id || flags || memcmp(guid, energy_meters, 16)) return 13;
  *length = list_length();
  if (get("grows")) *length -= 3, stub_set("grows", 0);
  return 0;
}
uint32_t CM_Get_Device_Interface_ListW(const void *guid, void *id, WCHAR *out, uint32_t length, uint32_t flags) {
  if (id || flags || memcmp(guid, energy_meters, 16)) return 13;
  if (length < list_length()) return 0x1a;
  for (int i = 0; i < device_count; i++) out += widen(out, devices[i].path);
  *out = 0;
  return 0;
}
static uint32_t last_error = 0;
uint32_t GetLastError(void) { return last_error; }
intptr_t CreateFileW(const WCHAR *path, uint32_t access, uint32_t share, void *security, uint32_t how, uint32_t flags,
                     intptr_t template) {
  last_error = (uint32_t)get("open_error");
  if (last_error || access != 0x80000000 || share != 3 || security || how != 3 || flags || template) return -1;
  for (int i = 0; i < device_count; i++)
    if (same(path, devices[i].path)) {
      handles++;
      return 100 + i;
    }
  last_error = 2;
  return -1;
}
int32_t CloseHandle(intptr_t handle) { return (void)handle, handles--, 1; }

static uint32_t metadata_of(int d, uint8_t *out) {
  static uint8_t buffer[8192];
  memset(buffer, 0, sizeof buffer);
  uint32_t size;
  if (devices[d].version == 1) {
    EMI_METADATA_V1 *m = (EMI_METADATA_V1 *)buffer;
    m->unit = devices[d].channels[0].unit;
    widen(m->oem, "Maker"), widen(m->model, "Meter 1");
    m->name_size = (uint16_t)(2 * widen(m->name, devices[d].channels[0].name));
    size = (uint32_t)offsetof(EMI_METADATA_V1, name) + m->name_size;
  } else {
    EMI_METADATA_V2 *m = (EMI_METADATA_V2 *)buffer;
    widen(m->oem, "Microsoft"), widen(m->model, "PPM");
    m->channel_count = (uint16_t)devices[d].count;
    uint8_t *at = buffer + offsetof(EMI_METADATA_V2, channels);
    for (int i = 0; i < devices[d].count; i++) {
      /* EMI_CHANNEL_V2_NEXT_CHANNEL: unaligned, as names are as long as they are */
      int32_t unit = devices[d].channels[i].unit;
      WCHAR name[64];
      uint16_t bytes = (uint16_t)(2 * widen(name, devices[d].channels[i].name));
      memcpy(at + offsetof(EMI_CHANNEL_V2, unit), &unit, 4);
      memcpy(at + offsetof(EMI_CHANNEL_V2, name_size), &bytes, 2);
      memcpy(at + offsetof(EMI_CHANNEL_V2, name), name, bytes);
      at += offsetof(EMI_CHANNEL_V2, name) + bytes;
    }
    size = (uint32_t)(at - buffer);
  }
  if (out) memcpy(out, buffer, size);
  return size;
}
static uint64_t pwh(int d, int i) {
  double joules = devices[d].channels[i].start_j + devices[d].channels[i].watts * get("time_s");
  return (uint64_t)(joules / 3.6e-9);
}
int32_t DeviceIoControl(intptr_t handle, uint32_t code, void *in, uint32_t in_size, void *out, uint32_t size,
                        uint32_t *written, void *overlapped) {
  int d = (int)handle - 100;
  if (get("ioctl_fails") || in || in_size || overlapped || d < 0 || d >= device_count) return 0;
  uint32_t wanted = 0;
  switch (code) {
  case 0x224000:
    wanted = 2;
    if (size >= wanted) memcpy(out, &(uint16_t){(uint16_t)devices[d].version}, 2);
    break;
  case 0x224004:
    wanted = 4;
    if (size >= wanted) memcpy(out, &(uint32_t){metadata_of(d, NULL)}, 4);
    break;
  case 0x224008:
    wanted = metadata_of(d, NULL);
    if (size >= wanted) metadata_of(d, out);
    break;
  case 0x22400C:
    wanted = (uint32_t)devices[d].count * 16;
    for (int i = 0; size >= wanted && i < devices[d].count; i++) {
      EMI_CHANNEL_MEASUREMENT_DATA m = {pwh(d, i), (uint64_t)((1000 + get("time_s")) * 1e7)};
      memcpy((uint8_t *)out + 16 * i, &m, 16);
    }
    break;
  default:
    return 0;
  }
  if (size < wanted) return 0;
  *written = wanted - (uint32_t)get("short_by");
  return 1;
}

/* powrprof */

static uint8_t battery[sizeof(SYSTEM_BATTERY_STATE)];
static PROCESSOR_POWER_INFORMATION processors[8];
static int processor_count = 0;
void stub_battery(int ac, int present, int discharging, uint32_t full, uint32_t left, int32_t rate) {
  SYSTEM_BATTERY_STATE s = {(uint8_t)ac, (uint8_t)present, 0, (uint8_t)discharging, {0}, 0, full, left, (uint32_t)rate, 0, 0, 0};
  memcpy(battery, &s, sizeof s);
}
void stub_processors(int count, uint32_t max, uint32_t current, uint32_t limit) {
  processor_count = count;
  for (int i = 0; i < count; i++) processors[i] = (PROCESSOR_POWER_INFORMATION){(uint32_t)i, max, current, limit, 0, 0};
}
int32_t CallNtPowerInformation(int32_t level, void *in, uint32_t in_size, void *out, uint32_t size) {
  if (get("power_rc")) return (int32_t)get("power_rc");
  uint32_t wanted = level == 5 ? sizeof battery : (uint32_t)processor_count * sizeof *processors;
  if (in || in_size || (level != 5 && level != 11)) return (int32_t)0xC000000D;
  if (size < wanted) return (int32_t)0xC0000023;
  memcpy(out, level == 5 ? (void *)battery : (void *)processors, wanted);
  return 0;
}

/* pdh: counters by the name in their path */

static struct { char path[96]; uint32_t status; int64_t value; double watts; } counters[MOST];
static int counter_count = 0, queries = 0;
void stub_no_counters(void) { counter_count = 0; }
void stub_counter(const char *path, uint32_t status, int64_t value, double watts) {
  strncpy(counters[counter_count].path, path, 95);
  counters[counter_count].status = status;
  counters[counter_count].value = value;
  counters[counter_count++].watts = watts;
}
int stub_queries(void) { return queries; }
uint32_t PdhOpenQueryW(void *source, intptr_t user, intptr_t *query) {
  if (source || user || get("pdh_open_rc")) return 0xC0000BBDu;
  queries++;
  *query = 7;
  return 0;
}
uint32_t PdhAddEnglishCounterW(intptr_t query, const WCHAR *path, intptr_t user, intptr_t *counter) {
  if (query != 7 || user) return 0xC0000BBCu;
  for (int i = 0; i < counter_count; i++)
    if (same(path, counters[i].path)) {
      *counter = 50 + i;
      return 0;
    }
  return 0xC0000BB9u;
}
uint32_t PdhCollectQueryData(intptr_t query) { return query == 7 ? (uint32_t)get("collect_rc") : 0xC0000BBCu; }
uint32_t PdhGetRawCounterValue(intptr_t counter, uint32_t *type, void *out) {
  int i = (int)counter - 50;
  if (i < 0 || i >= counter_count) return 0xC0000BBCu;
  uint64_t time = 133000000000000000ull + (uint64_t)(get("time_s") * 1e7);
  PDH_RAW_COUNTER raw = {counters[i].status,
                         {(uint32_t)time, (uint32_t)(time >> 32)},
                         counters[i].value + (int64_t)(counters[i].watts * get("time_s") / 3.6e-9),
                         0,
                         0};
  *type = 0;
  memcpy(out, &raw, sizeof raw);
  return 0;
}
uint32_t PdhCloseQuery(intptr_t query) { return (void)query, queries--, 0; }
