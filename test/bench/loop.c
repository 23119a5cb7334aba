// The loop of a C program over ONNX Runtime's C API: the yardstick for the runner's overhead. Compiled by the bench
// where a C compiler is. Usage: loop LIBRARY MODEL REPEATS INPUT_ELEMENTS; prints the p50 in ns.
// Positions in struct OrtApi as in src/main/runner/ort/slots.ts; float32 input "x" [1, n], one output "y".
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct { const void *const *(*GetApi)(uint32_t); const char *(*GetVersionString)(void); } Base;
static int64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000LL + t.tv_nsec; }
static int byValue(const void *a, const void *b) { int64_t x = *(const int64_t *)a, y = *(const int64_t *)b; return (x > y) - (x < y); }
#define CHECK(call) do { void *s = (call); if (s) { fprintf(stderr, "%s\n", ((const char *(*)(void *))api[2])(s)); return 1; } } while (0)

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  void *lib = dlopen(argv[1], RTLD_NOW);
  if (!lib) { fprintf(stderr, "%s\n", dlerror()); return 1; }
  const Base *base = ((const Base *(*)(void))dlsym(lib, "OrtGetApiBase"))();
  const void *const *api = base->GetApi(24);
  int repeats = atoi(argv[3]);
  int64_t n = atoll(argv[4]), dims[2] = {1, n};
  void *env, *options, *session, *memory, *input, *output = NULL;
  CHECK(((void *(*)(int, const char *, void **))api[3])(3, "bench", &env));
  CHECK(((void *(*)(void **))api[10])(&options));
  CHECK(((void *(*)(void *, int))api[24])(options, 1));
  CHECK(((void *(*)(void *, int))api[25])(options, 1));
  CHECK(((void *(*)(void *, const char *, void *, void **))api[7])(env, argv[2], options, &session));
  CHECK(((void *(*)(int, int, void **))api[69])(1, 0, &memory));
  float *data = aligned_alloc(64, ((size_t)n * 4 + 63) / 64 * 64);
  for (int64_t i = 0; i < n; i++) data[i] = 0.5f;
  int rank = n == 1 && argc > 5 ? 1 : 2;
  CHECK(((void *(*)(void *, void *, size_t, int64_t *, size_t, int, void **))api[49])(memory, data, (size_t)n * 4, rank == 1 ? dims + 1 : dims, rank, 1, &input));
  const char *inNames[] = {"x"}, *outNames[] = {"y"};
  void *(*run)(void *, void *, const char **, void **, size_t, const char **, size_t, void **) = (void *)api[9];
  void (*release)(void *) = (void *)api[96];
  int64_t *times = malloc(sizeof(int64_t) * (size_t)repeats);
  for (int i = -repeats / 10; i < repeats; i++) {
    output = NULL;
    int64_t a = now();
    void *status = run(session, NULL, inNames, &input, 1, outNames, 1, &output);
    int64_t b = now();
    CHECK(status);
    release(output);
    if (i >= 0) times[i] = b - a;
  }
  qsort(times, (size_t)repeats, sizeof(int64_t), byValue);
  printf("%lld\n", (long long)times[repeats / 2]);
  return 0;
}
