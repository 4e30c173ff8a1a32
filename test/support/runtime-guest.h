/* What the guests of the runtime tests share: the canonical ABI of the contract by hand, and a bump allocator. */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define EXPORT(name) __attribute__((export_name(name)))
#define SENSING(interface) "ocelli:sensing/" interface "@0.1.0"

typedef struct {
  u64 sequence, capture_nanos;
  u32 width, height;
  u8 format;
  u32 dropped, exposure_micros;
  float gain_decibels;
  u32 x, y, region_width, region_height, frame_rate_millihertz;
} frame_info_t;

typedef struct {
  const char *class;
  u32 class_length;
  float score;
  u32 x, y, width, height;
} detection_t;

IMPORT(SENSING("frames"), "[method]frame.info") void frame_info(u32 frame, frame_info_t *out);
IMPORT(SENSING("frames"), "[method]frame.read") void frame_read(u32 frame, u32 *out);
IMPORT(SENSING("frames"), "[method]frame.read-region")
void frame_read_region(u32 frame, u32 x, u32 y, u32 width, u32 height, u32 step, u32 *out);
IMPORT(SENSING("frames"), "[resource-drop]frame") void frame_drop(u32 frame);
IMPORT(SENSING("frames"), "next") void frames_next(u32 timeout_millis, u32 *out);
IMPORT(SENSING("frames"), "latest") void frames_latest(u32 *out);
IMPORT(SENSING("frames"), "request") void frames_request(u32 hw, u32 w, u32 hh, u32 h, u32 hf, u32 f, u32 hr, u32 r, u32 hb, u32 b, u32 *out);
IMPORT(SENSING("measurements"), "publish")
void measurement(const char *name, u32 name_length, const char *unit, u32 unit_length, double value, void *labels,
                 u32 label_count, u32 *out);
IMPORT(SENSING("events"), "publish")
void event(const char *kind, u32 kind_length, u32 severity, void *attributes, u32 count, u32 *out);
IMPORT(SENSING("detections"), "publish")
void detections(u32 width, u32 height, detection_t *boxes, u32 count, u32 *out);
IMPORT(SENSING("detector"), "detect") void detect(u32 frame, u32 *out);
IMPORT(SENSING("images"), "publish")
void image(const char *name, u32 length, u32 frame, u32 x, u32 y, u32 width, u32 height, u32 quality, u32 *out);
IMPORT(SENSING("state"), "get") void state_get(const char *key, u32 length, u32 *out);
IMPORT(SENSING("state"), "set") void state_set(const char *key, u32 length, const void *value, u32 size, u32 *out);
IMPORT(SENSING("imager-control"), "set-exposure") void set_exposure(u32 micros, u32 *out);
IMPORT("wasi:config/store@0.2.0-draft", "get") void config_get(const char *key, u32 length, u32 *out);
IMPORT("wasi:logging/logging@0.1.0-draft", "log")
void log_line(u32 level, const char *context, u32 context_length, const char *message, u32 message_length);

extern u8 __heap_base;
static u32 heap_top;

/* Memory lives until the next call from the host. */
static void reset_heap(void) { heap_top = (u32)&__heap_base; }

EXPORT("cabi_realloc") void *cabi_realloc(void *old, u32 old_size, u32 align, u32 size) {
  (void)old;
  (void)old_size;
  if (heap_top == 0) reset_heap();
  heap_top = (heap_top + align - 1) & ~(align - 1);
  u32 end = heap_top + size;
  u32 have = (u32)__builtin_wasm_memory_size(0) << 16;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + 65535) >> 16) == (unsigned long)-1) __builtin_trap();
  void *place = (void *)heap_top;
  heap_top = end;
  return place;
}

static u32 length_of(const char *text) {
  u32 length = 0;
  while (text[length]) length++;
  return length;
}

static int equals(const char *bytes, u32 length, const char *text) {
  if (length != length_of(text)) return 0;
  for (u32 i = 0; i < length; i++)
    if (bytes[i] != text[i]) return 0;
  return 1;
}

static void measure(const char *name, double value) {
  u32 out[4];
  measurement(name, length_of(name), "1", 1, value, 0, 0, out);
}

__attribute__((unused)) static volatile u32 sink;
__attribute__((unused)) static void spin(void) {
  for (;;) sink++;
}
__attribute__((noinline, unused)) static void fall_into_trap(void) { __builtin_trap(); }
