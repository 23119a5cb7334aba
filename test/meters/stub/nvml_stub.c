/*
 * A made-up NVML: the same symbols, a virtual clock, a power schedule and switches for faults.
 * The layouts it is compiled against are checked here by a C compiler; the numbers come from
 * the TypeScript side (-D…), so the two cannot drift apart.
 *
 * OLD_DRIVER leaves out the newer names, NEW_DRIVER the deprecated ones.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Device *nvmlDevice_t;

typedef struct {
  unsigned int fieldId, scopeId;
  long long timestamp, latencyUsec;
  int valueType, nvmlReturn;
  union {
    double dVal;
    unsigned int uiVal;
    unsigned long ulVal;
    unsigned long long ullVal;
    long long sllVal;
  } value;
} nvmlFieldValue_t;
typedef struct { unsigned int version; int sensorType, temperature; } nvmlTemperature_v1_t;
typedef struct { unsigned int version; unsigned long long total, reserved, free, used; } nvmlMemory_v2_t;
typedef struct { unsigned int gpu, memory; } nvmlUtilization_t;
typedef struct {
  char busIdLegacy[16];
  unsigned int domain, bus, device, pciDeviceId, pciSubSystemId;
  char busId[32];
} nvmlPciInfo_t;
typedef struct {
  unsigned int pid;
  unsigned long long usedGpuMemory;
  unsigned int gpuInstanceId, computeInstanceId;
} nvmlProcessInfo_t;
typedef struct {
  unsigned int pid;
  unsigned long long timeStamp;
  unsigned int smUtil, memUtil, encUtil, decUtil;
} nvmlProcessUtilizationSample_t;

#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
SIZE(nvmlFieldValue_t, FIELD_SIZE);
AT(nvmlFieldValue_t, fieldId, FIELD_ID);
AT(nvmlFieldValue_t, scopeId, FIELD_SCOPE);
AT(nvmlFieldValue_t, timestamp, FIELD_TIMESTAMP);
AT(nvmlFieldValue_t, latencyUsec, FIELD_LATENCY);
AT(nvmlFieldValue_t, valueType, FIELD_TYPE);
AT(nvmlFieldValue_t, nvmlReturn, FIELD_RETURN);
AT(nvmlFieldValue_t, value, FIELD_VALUE);
SIZE(nvmlTemperature_v1_t, TEMPERATURE_SIZE);
AT(nvmlTemperature_v1_t, temperature, TEMPERATURE_AT);
SIZE(nvmlMemory_v2_t, MEMORY_SIZE);
AT(nvmlMemory_v2_t, total, MEMORY_TOTAL);
AT(nvmlMemory_v2_t, free, MEMORY_FREE);
AT(nvmlMemory_v2_t, used, MEMORY_USED);
SIZE(nvmlUtilization_t, UTILIZATION_SIZE);
SIZE(nvmlPciInfo_t, PCI_SIZE);
AT(nvmlPciInfo_t, busId, PCI_BUS_ID);
SIZE(nvmlProcessInfo_t, PROCESS_SIZE);
AT(nvmlProcessInfo_t, usedGpuMemory, PROCESS_MEMORY);
SIZE(nvmlProcessUtilizationSample_t, PROCESS_UTILIZATION_SIZE);
AT(nvmlProcessUtilizationSample_t, timeStamp, PROCESS_UTILIZATION_STAMP);
AT(nvmlProcessUtilizationSample_t, smUtil, PROCESS_UTILIZATION_SM);

enum { OK = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7, ARGUMENT_VERSION_MISMATCH = 25 };

/* The state that a test sets by name. */
static struct {
  const char *name;
  double value;
} state[] = {
    {"time_s", 0},        {"init", 0},         {"count", 1},         {"idle_w", 30},        {"load_w", 250},
    {"load_from_s", 1e9}, {"energy_rc", 0},    {"power_rc", 0},      {"field_rc", 0},       {"gpu_scope_rc", 0},
    {"device_rc", 0},     {"mig", 0},          {"virtualization", 0}, {"architecture", 8},  {"compute_minor", 9},
    {"frozen_from_s", 1e9}, {"zero", 0},       {"reload_at_s", 1e9}, {"throttle", 0},       {"temp_c", 61},
    {"energy_start_mj", 5e6}, {"thermal_ns", 0}, {"limit_w", 320},   {"default_limit_w", 450}, {"processes", 0},
    {"energy_gain", 1}, {"sm_pid", 0},         {"sm_pct", 0},        {"sm_at_s", 1},        {"sm_rc", 0},
    {"memory_used_mib", 0}, {"limit_rc", 0},
};
static int opened = 0;

static double get(const char *name) {
  for (size_t i = 0; i < sizeof state / sizeof *state; i++)
    if (!strcmp(state[i].name, name)) return state[i].value;
  return 0;
}
int stub_set(const char *name, double value) {
  for (size_t i = 0; i < sizeof state / sizeof *state; i++)
    if (!strcmp(state[i].name, name)) {
      state[i].value = value;
      return OK;
    }
  return INVALID_ARGUMENT;
}
int stub_opened(void) { return opened; }

/* Sensors update every 100 ms of virtual time. */
static double tick(void) {
  double t = get("time_s"), frozen = get("frozen_from_s");
  if (t > frozen) t = frozen;
  return (double)(long long)(t * 10 + 1e-9) / 10;
}
static double power_w(double t) { return t >= get("load_from_s") ? get("load_w") : get("idle_w"); }
static double energy_j(double t) {
  double load = get("load_from_s");
  return t <= load ? get("idle_w") * t : get("idle_w") * load + get("load_w") * (t - load);
}
static unsigned long long energy_mj(void) {
  if (get("zero")) return 0;
  double t = tick(), reload = get("reload_at_s");
  if (t >= reload) return (unsigned long long)((energy_j(t) - energy_j(reload)) * 1000);
  return (unsigned long long)(get("energy_start_mj") + get("energy_gain") * energy_j(t) * 1000);
}
static unsigned int power_mw(void) { return get("zero") ? 0 : (unsigned int)(power_w(tick()) * 1000) + (unsigned int)(tick() * 10) % 7; }

int nvmlInit_v2(void) {
  int rc = (int)get("init");
  if (rc == OK) opened++;
  return rc;
}
int nvmlShutdown(void) { return opened--, OK; }
static int text(char *out, unsigned int size, const char *value) {
  if (strlen(value) >= size) return INSUFFICIENT_SIZE;
  strcpy(out, value);
  return OK;
}
int nvmlSystemGetDriverVersion(char *out, unsigned int size) { return text(out, size, "580.42"); }
int nvmlDeviceGetCount_v2(unsigned int *out) { return *out = (unsigned int)get("count"), OK; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *out) {
  *out = (nvmlDevice_t)(uintptr_t)(0x1000 + index);
  return OK;
}
static int lost(void) { return (int)get("device_rc"); }
int nvmlDeviceGetUUID(nvmlDevice_t d, char *out, unsigned int size) {
  return text(out, size, (uintptr_t)d == 0x1000 ? "GPU-stub-0" : "GPU-stub-1");
}
int nvmlDeviceGetName(nvmlDevice_t d, char *out, unsigned int size) { return (void)d, text(out, size, "Stub RTX"); }
int nvmlDeviceGetPciInfo_v3(nvmlDevice_t d, nvmlPciInfo_t *out) {
  (void)d;
  memset(out, 0, sizeof *out);
  strcpy(out->busId, "00000000:01:00.0");
  return OK;
}
int nvmlDeviceGetCudaComputeCapability(nvmlDevice_t d, int *major, int *minor) {
  (void)d;
  *major = 8;
  *minor = (int)get("compute_minor");
  return OK;
}
int nvmlDeviceGetArchitecture(nvmlDevice_t d, unsigned int *out) { return (void)d, *out = (unsigned int)get("architecture"), OK; }
int nvmlDeviceGetPowerUsage(nvmlDevice_t d, unsigned int *out) {
  (void)d;
  if (lost()) return lost();
  *out = power_mw();
  return (int)get("power_rc");
}
int nvmlDeviceGetUtilizationRates(nvmlDevice_t d, nvmlUtilization_t *out) { return (void)d, out->gpu = 97, out->memory = 40, OK; }
int nvmlDeviceGetClockInfo(nvmlDevice_t d, int type, unsigned int *out) { return (void)d, *out = type == 1 ? 2520 : 1, OK; }
int nvmlDeviceGetMigMode(nvmlDevice_t d, unsigned int *current, unsigned int *pending) {
  (void)d;
  *current = *pending = (unsigned int)get("mig");
  return OK;
}
int nvmlDeviceGetVirtualizationMode(nvmlDevice_t d, unsigned int *out) { return (void)d, *out = (unsigned int)get("virtualization"), OK; }
int nvmlDeviceGetEnforcedPowerLimit(nvmlDevice_t d, unsigned int *out) { return (void)d, *out = (unsigned int)(get("limit_w") * 1000), OK; }
int nvmlDeviceGetPowerManagementDefaultLimit(nvmlDevice_t d, unsigned int *out) {
  return (void)d, *out = (unsigned int)(get("default_limit_w") * 1000), (int)get("limit_rc");
}
int nvmlDeviceGetPersistenceMode(nvmlDevice_t d, int *out) { return (void)d, *out = 1, OK; }

#ifndef NEW_DRIVER
int nvmlDeviceGetTemperature(nvmlDevice_t d, int sensor, unsigned int *out) { return (void)d, (void)sensor, *out = (unsigned int)get("temp_c"), OK; }
int nvmlDeviceGetCurrentClocksThrottleReasons(nvmlDevice_t d, unsigned long long *out) { return (void)d, *out = (unsigned long long)get("throttle"), OK; }
int nvmlDeviceGetComputeRunningProcesses_v2(nvmlDevice_t d, unsigned int *n, nvmlProcessInfo_t *out) {
  return (void)d, (void)out, *n = 0, OK;
}
#endif

#ifndef OLD_DRIVER
int nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t d, nvmlMemory_v2_t *m) {
  (void)d;
  if (m->version != (sizeof *m | 2 << 24)) return ARGUMENT_VERSION_MISMATCH;
  m->total = 24ull << 30;
  m->used = (unsigned long long)get("memory_used_mib") << 20;
  m->free = m->total - m->used;
  return OK;
}
/* One process of another program (or, with sm_pid, a chosen one) that used the device at sm_at_s. */
int nvmlDeviceGetProcessUtilization(nvmlDevice_t d, nvmlProcessUtilizationSample_t *v, unsigned int *n,
                                    unsigned long long last_seen_us) {
  (void)d;
  if ((int)get("sm_rc")) return (int)get("sm_rc");
  unsigned long long at_us = (unsigned long long)(get("sm_at_s") * 1e6);
  if (!get("sm_pct") || at_us <= last_seen_us) return NOT_FOUND;
  if (*n < 1) return INSUFFICIENT_SIZE;
  v[0] = (nvmlProcessUtilizationSample_t){(unsigned int)get("sm_pid"), at_us, (unsigned int)get("sm_pct"), 3, 0, 0};
  *n = 1;
  return OK;
}
int nvmlDeviceGetTotalEnergyConsumption(nvmlDevice_t d, unsigned long long *out) {
  (void)d;
  if (lost()) return lost();
  *out = energy_mj();
  return (int)get("energy_rc");
}
int nvmlDeviceGetTemperatureV(nvmlDevice_t d, nvmlTemperature_v1_t *t) {
  (void)d;
  if (t->version != (sizeof *t | 1 << 24)) return ARGUMENT_VERSION_MISMATCH;
  t->temperature = (int)get("temp_c");
  return OK;
}
int nvmlDeviceGetCurrentClocksEventReasons(nvmlDevice_t d, unsigned long long *out) { return (void)d, *out = (unsigned long long)get("throttle"), OK; }
int nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t d, unsigned int *n, nvmlProcessInfo_t *out) {
  (void)d;
  unsigned int count = (unsigned int)get("processes");
  if (*n < count) return INSUFFICIENT_SIZE;
  for (unsigned int i = 0; i < count; i++) out[i].pid = 4000000 + i;
  *n = count;
  return OK;
}
int nvmlDeviceGetFieldValues(nvmlDevice_t d, int n, nvmlFieldValue_t *v) {
  (void)d;
  if (lost()) return lost();
  for (int i = 0; i < n; i++) {
    v[i].timestamp = (long long)(1e15 + tick() * 1e6);
    v[i].nvmlReturn = (int)get("field_rc");
    if (v[i].scopeId == 0 && get("gpu_scope_rc")) v[i].nvmlReturn = (int)get("gpu_scope_rc");
    if (v[i].nvmlReturn) continue;
    switch (v[i].fieldId) {
    case 83:
      v[i].valueType = 3;
      v[i].value.ullVal = energy_mj();
      break;
    case 186:
      v[i].valueType = 1;
      v[i].value.uiVal = power_mw();
      break;
    case 270:
      v[i].valueType = 3;
      v[i].value.ullVal = (unsigned long long)get("thermal_ns");
      break;
    default:
      v[i].nvmlReturn = NOT_SUPPORTED;
    }
  }
  return OK;
}
#endif
