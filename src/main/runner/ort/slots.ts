/**
 * Positions in `struct OrtApi` (onnxruntime_c_api.h). The struct only grows, so a position holds for every later
 * library; the requested API version (24) guarantees that every entry below exists. Checked against 1.30.0.
 */
export const API_VERSION = 24;

export const slots = {
  GetErrorMessage: 2,
  CreateEnv: 3,
  DisableTelemetryEvents: 6,
  CreateSession: 7,
  Run: 9,
  CreateSessionOptions: 10,
  EnableProfiling: 14,
  SetSessionGraphOptimizationLevel: 23,
  SetIntraOpNumThreads: 24,
  SetInterOpNumThreads: 25,
  SessionGetInputCount: 30,
  SessionGetOutputCount: 31,
  SessionGetInputName: 36,
  SessionGetOutputName: 37,
  CreateTensorWithDataAsOrtValue: 49,
  GetTensorMutableData: 51,
  GetTensorElementType: 60,
  GetDimensionsCount: 61,
  GetDimensions: 62,
  GetTensorTypeAndShape: 65,
  GetValueType: 67,
  CreateCpuMemoryInfo: 69,
  GetAllocatorWithDefaultOptions: 78,
  ReleaseStatus: 93,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseTensorTypeAndShapeInfo: 99,
  ReleaseSessionOptions: 100,
  SessionEndProfiling: 110,
  GetAvailableProviders: 125,
  AddSessionConfigEntry: 130,
  AppendCudaV2: 204,
  CreateCudaProviderOptions: 205,
  ReleaseCudaProviderOptions: 208,
  AppendExecutionProvider: 216,
  GetEpGraphAssignmentInfo: 407,
  EpAssignedSubgraphGetEpName: 408,
  EpAssignedSubgraphGetNodes: 409,
  EpAssignedNodeGetOperatorType: 412,
} as const;

export const SLOT_COUNT = 413;

/** OrtLoggingLevel: only errors reach the runner's standard error, which is kept with a failed run. */
export const LOG_ERROR = 3;

/** GraphOptimizationLevel of the C API. */
export const optimizationLevels = { disabled: 0, basic: 1, extended: 2, all: 99 } as const;
