/*
 * Made-up graphics drivers of Windows: AMD's Display Library and Intel's Graphics Control Library, with the
 * structures of their headers written out here for the compiler to hold against the TypeScript offsets.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static struct {
  const char *name;
  double value;
} state[] = {
    {"time_s", 0},      {"adl_rc", 0},      {"log_rc", 0},      {"adapters", 3},   {"board_w", 250},
    {"board", 1},       {"asic_w", 180},    {"asic", 1},        {"discrete", 1},   {"info_rc", 0},
    {"init_rc", 0},     {"telemetry_rc", 0}, {"old_driver", 0}, {"devices", 2},    {"card", 1},
    {"gpu", 1},         {"watts", 120},     {"start_j", 1000},  {"units", 6},      {"type", 9},
    {"thermal", 0},     {"vendor", 0x8086}, {"integrated_flag", 0},
};
#include "switches.h"

#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field)
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)

/* AMD */

typedef struct {
  int iSize, iAdapterIndex;
  char strUDID[256];
  int iBusNumber, iDeviceNumber, iFunctionNumber, iVendorID;
  char strAdapterName[256], strDisplayName[256];
  int iPresent, iExist;
  char strDriverPath[256], strDriverPathExt[256], strPNPString[256];
  int iOSDisplayIndex;
} AdapterInfo;
typedef struct { int supported, value; } ADLSingleSensorData;
typedef struct { int size; ADLSingleSensorData sensors[256]; } ADLPMLogDataOutput;
SIZE(AdapterInfo, ADAPTER_SIZE);
AT(AdapterInfo, iAdapterIndex, ADAPTER_INDEX);
AT(AdapterInfo, iBusNumber, ADAPTER_BUS);
AT(AdapterInfo, iDeviceNumber, ADAPTER_DEVICE);
AT(AdapterInfo, iFunctionNumber, ADAPTER_FUNCTION);
AT(AdapterInfo, iVendorID, ADAPTER_VENDOR);
AT(AdapterInfo, strAdapterName, ADAPTER_NAME);
SIZE(ADLPMLogDataOutput, LOG_SIZE);
AT(ADLPMLogDataOutput, sensors, LOG_SENSORS);
SIZE(ADLSingleSensorData, LOG_SENSOR_BYTES);

static int opened = 0;
int stub_opened(void) { return opened; }
static void *allocated;
int ADL2_Main_Control_Create(void *(*allocate)(int), int present_only, void **context) {
  if (get("adl_rc")) return (int)get("adl_rc");
  if (present_only != 1) return -3;
  allocated = allocate(64);
  if (!allocated) return -1;
  memset(allocated, 0x5a, 64);
  opened++;
  *context = allocated;
  return 0;
}
int ADL2_Main_Control_Destroy(void *context) { return context == allocated ? opened--, 0 : -3; }
int ADL2_Adapter_NumberOfAdapters_Get(void *context, int *out) {
  return context == allocated ? *out = (int)get("adapters"), 0 : -3;
}
/* 0 and 1: two outputs of one card. 2: another maker's. 3: a GPU inside the processor. */
int ADL2_Adapter_AdapterInfo_Get(void *context, AdapterInfo *out, int bytes) {
  if (context != allocated || get("info_rc") || bytes != (int)(get("adapters") * sizeof *out)) return -3;
  for (int i = 0; i < (int)get("adapters"); i++) {
    memset(&out[i], 0, sizeof out[i]);
    out[i].iSize = sizeof out[i];
    out[i].iAdapterIndex = 10 + i;
    out[i].iBusNumber = i < 2 ? 3 : 4 + i;
    out[i].iVendorID = i == 2 ? 10 : 1002;
    strcpy(out[i].strAdapterName, i == 3 ? "AMD Radeon Graphics" : "AMD Radeon RX Stub");
  }
  return 0;
}
int ADL2_Adapter_ASICFamilyType_Get(void *context, int index, int *types, int *valid) {
  if (context != allocated) return -3;
  *valid = 3;
  *types = index == 13 || !get("discrete") ? 2 : 1;
  return 0;
}
int ADL2_New_QueryPMLogData_Get(void *context, int index, ADLPMLogDataOutput *out) {
  if (context != allocated || out->size != sizeof *out || index < 10) return -3;
  if (get("log_rc")) return (int)get("log_rc");
  out->sensors[1] = (ADLSingleSensorData){1, 2450};
  out->sensors[8] = (ADLSingleSensorData){1, 66};
  out->sensors[23] = (ADLSingleSensorData){(int)get("asic"), (int)get("asic_w")};
  out->sensors[73] = (ADLSingleSensorData){(int)get("board"), (int)get("board_w")};
  return 0;
}

/* Intel */

typedef struct { uint32_t Data1; uint16_t Data2, Data3; uint8_t Data4[8]; } ctl_application_id_t;
typedef struct {
  uint32_t Size;
  uint8_t Version;
  uint32_t AppVersion, flags, SupportedVersion;
  ctl_application_id_t ApplicationUID;
} ctl_init_args_t;
typedef struct { uint64_t major_version, minor_version, build_number; } ctl_firmware_version_t;
typedef struct { uint8_t bus, device, function; } ctl_adapter_bdf_t;
typedef struct {
  uint32_t Size;
  uint8_t Version;
  void *pDeviceID;
  uint32_t device_id_size, device_type, supported_subfunction_flags;
  uint64_t driver_version;
  ctl_firmware_version_t firmware_version;
  uint32_t pci_vendor_id, pci_device_id, rev_id, num_eus_per_sub_slice, num_sub_slices_per_slice, num_slices;
  char name[100];
  uint32_t graphics_adapter_properties, Frequency;
  uint16_t pci_subsys_id, pci_subsys_vendor_id;
  ctl_adapter_bdf_t adapter_bdf;
  uint32_t num_xe_cores;
  char reserved[108];
} ctl_device_adapter_properties_t;
typedef union { int8_t i8; uint8_t u8; int16_t i16; uint16_t u16; int32_t i32; uint32_t u32; int64_t i64; uint64_t u64; float f; double d; } ctl_data_value_t;
typedef struct { bool bSupported; int32_t units, type; ctl_data_value_t value; } ctl_oc_telemetry_item_t;
typedef struct { bool bSupported; int32_t psuType; ctl_oc_telemetry_item_t energyCounter, voltage; } ctl_psu_info_t;
typedef struct {
  uint32_t Size;
  uint8_t Version;
  ctl_oc_telemetry_item_t timeStamp, gpuEnergyCounter, gpuVoltage, gpuCurrentClockFrequency, gpuCurrentTemperature,
      globalActivityCounter, renderComputeActivityCounter, mediaActivityCounter;
  bool gpuPowerLimited, gpuTemperatureLimited, gpuCurrentLimited, gpuVoltageLimited, gpuUtilizationLimited;
  ctl_oc_telemetry_item_t vramEnergyCounter, vramVoltage, vramCurrentClockFrequency, vramCurrentEffectiveFrequency,
      vramReadBandwidthCounter, vramWriteBandwidthCounter, vramCurrentTemperature;
  bool vramPowerLimited, vramTemperatureLimited, vramCurrentLimited, vramVoltageLimited, vramUtilizationLimited;
  ctl_oc_telemetry_item_t totalCardEnergyCounter;
  ctl_psu_info_t psu[5];
  ctl_oc_telemetry_item_t fanSpeed[5];
  ctl_oc_telemetry_item_t gpuVrTemp, vramVrTemp, saVrTemp, gpuEffectiveClock, gpuOverVoltagePercent, gpuPowerPercent,
      gpuTemperaturePercent, vramReadBandwidth, vramWriteBandwidth;
} ctl_power_telemetry_t;
SIZE(ctl_init_args_t, INIT_SIZE);
AT(ctl_init_args_t, AppVersion, INIT_APP);
AT(ctl_init_args_t, flags, INIT_FLAGS);
SIZE(ctl_device_adapter_properties_t, PROPERTIES_SIZE);
AT(ctl_device_adapter_properties_t, Version, PROPERTIES_VERSION);
AT(ctl_device_adapter_properties_t, pDeviceID, PROPERTIES_ID);
AT(ctl_device_adapter_properties_t, device_id_size, PROPERTIES_ID_SIZE);
AT(ctl_device_adapter_properties_t, pci_vendor_id, PROPERTIES_VENDOR);
AT(ctl_device_adapter_properties_t, name, PROPERTIES_NAME);
AT(ctl_device_adapter_properties_t, graphics_adapter_properties, PROPERTIES_FLAGS);
AT(ctl_device_adapter_properties_t, adapter_bdf, PROPERTIES_BDF);
SIZE(ctl_oc_telemetry_item_t, ITEM_SIZE);
AT(ctl_oc_telemetry_item_t, units, ITEM_UNITS);
AT(ctl_oc_telemetry_item_t, type, ITEM_TYPE);
AT(ctl_oc_telemetry_item_t, value, ITEM_VALUE);
SIZE(ctl_power_telemetry_t, TELEMETRY_SIZE);
AT(ctl_power_telemetry_t, Version, TELEMETRY_VERSION);
AT(ctl_power_telemetry_t, timeStamp, TELEMETRY_TIME);
AT(ctl_power_telemetry_t, gpuEnergyCounter, TELEMETRY_GPU);
AT(ctl_power_telemetry_t, gpuCurrentClockFrequency, TELEMETRY_CLOCK);
AT(ctl_power_telemetry_t, gpuCurrentTemperature, TELEMETRY_TEMPERATURE);
AT(ctl_power_telemetry_t, gpuPowerLimited, TELEMETRY_LIMITS);
AT(ctl_power_telemetry_t, gpuTemperatureLimited, TELEMETRY_LIMITS + 1);
AT(ctl_power_telemetry_t, totalCardEnergyCounter, TELEMETRY_CARD);
AT(ctl_power_telemetry_t, gpuVrTemp, TELEMETRY_SIZE_V0);

uint32_t ctlInit(ctl_init_args_t *args, void **api) {
  if (get("init_rc")) return (uint32_t)get("init_rc");
  if (args->Size != sizeof *args || args->AppVersion != 0x10001 || args->flags != 1) return 0x4000000f;
  opened++;
  *api = (void *)0x77;
  return 0;
}
uint32_t ctlClose(void *api) { return api == (void *)0x77 ? opened--, 0 : 1; }
uint32_t ctlEnumerateDevices(void *api, uint32_t *count, void **out) {
  if (api != (void *)0x77) return 1;
  if (!out) return *count = (uint32_t)get("devices"), 0;
  for (uint32_t i = 0; i < *count; i++) out[i] = (void *)(uintptr_t)(0x500 + i);
  return 0;
}
/* Device 0 is a card, device 1 is part of the processor. */
uint32_t ctlGetDeviceProperties(void *device, ctl_device_adapter_properties_t *p) {
  uintptr_t i = (uintptr_t)device - 0x500;
  if (p->Size != sizeof *p || p->Version != 2 || !p->pDeviceID || p->device_id_size != 8) return 0x4000000f;
  memset(p->pDeviceID, 0x33, 8);
  p->pci_vendor_id = (uint32_t)get("vendor");
  strcpy(p->name, i ? "Intel UHD Stub" : "Intel Arc Stub");
  p->graphics_adapter_properties = i || get("integrated_flag") ? 1 : 0;
  p->adapter_bdf.bus = i ? 0 : 3;
  return 0;
}
static void item(ctl_oc_telemetry_item_t *out, bool supported, int units, double value) {
  out->bSupported = supported;
  out->units = units;
  out->type = (int)get("type");
  if (out->type == 9) out->value.d = value;
  else if (out->type == 8) out->value.f = (float)value;
  else out->value.u64 = (uint64_t)value;
}
uint32_t ctlPowerTelemetryGet(void *device, ctl_power_telemetry_t *t) {
  (void)device;
  if (get("telemetry_rc")) return (uint32_t)get("telemetry_rc");
  if (get("old_driver") ? t->Version != 0 || t->Size != TELEMETRY_SIZE_V0 : t->Version != 1 || t->Size != sizeof *t)
    return 0x40000009;
  double joules = get("start_j") + get("watts") * get("time_s");
  int units = (int)get("units");
  item(&t->totalCardEnergyCounter, get("card"), units, joules);
  item(&t->gpuEnergyCounter, get("gpu"), units, joules / 2);
  item(&t->gpuCurrentTemperature, true, 5, 58);
  item(&t->gpuCurrentClockFrequency, true, 0, 2400);
  item(&t->timeStamp, true, 7, 1760000000 + get("time_s"));
  t->gpuTemperatureLimited = get("thermal");
  return 0;
}
