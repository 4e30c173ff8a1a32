/*
 * The contract ocelli:sensing@0.1.0 for freestanding C (clang, wasm32): what a frame handler needs.
 *
 * Include it in one file of the component. Memory that the host passes in (frames, texts) lies in an arena that
 * `ocelli_begin` empties: call it at the start of each exported function, or at the end of one that is given texts, and keep
 * nothing of the arena across calls.
 */
#ifndef OCELLI_H
#define OCELLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OCELLI_IMPORT(interface, function) __attribute__((import_module(interface), import_name(function)))
#define OCELLI_EXPORT(name) __attribute__((export_name(name)))
#define OCELLI_SENSING(interface) "ocelli:sensing/" interface "@0.1.0"

#define OCELLI_PAGE 65536u

extern unsigned char __heap_base;
static uintptr_t ocelli_next;

/* Empties the arena. */
static inline void ocelli_begin(void) { ocelli_next = (uintptr_t)&__heap_base; }

/* `size` bytes of the arena; traps where the host gives no more memory. */
static inline void *ocelli_alloc(size_t size, size_t align) {
  if (ocelli_next == 0) ocelli_begin();
  uintptr_t start = (ocelli_next + align - 1) & ~(uintptr_t)(align - 1);
  uintptr_t end = start + size;
  uintptr_t have = (uintptr_t)__builtin_wasm_memory_size(0) * OCELLI_PAGE;
  if (end > have && __builtin_wasm_memory_grow(0, (end - have + OCELLI_PAGE - 1) / OCELLI_PAGE) == (size_t)-1)
    __builtin_trap();
  ocelli_next = end;
  return (void *)start;
}

/* Called by the host when it needs memory for a value that it passes in. */
OCELLI_EXPORT("cabi_realloc")
void *ocelli_realloc(void *old, size_t old_size, size_t align, size_t size) {
  unsigned char *fresh = ocelli_alloc(size, align);
  for (size_t i = 0; old && i < old_size && i < size; i++) fresh[i] = ((unsigned char *)old)[i];
  return fresh;
}

static inline size_t ocelli_length(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

/* A borrowed frame; it must be dropped before the call that it was given to ends. */
typedef int32_t ocelli_frame;

/* frames.frame-info: sizes in pixels, capture time in nanoseconds since the device booted. */
typedef struct {
  uint64_t sequence;
  uint64_t capture_time_nanos;
  uint32_t width;
  uint32_t height;
  uint8_t format;
  uint32_t dropped;
  uint32_t exposure_micros;
  float gain_decibels;
  uint32_t region[4];
  uint32_t frame_rate_millihertz;
} ocelli_frame_info;

typedef struct {
  const uint8_t *data;
  uint32_t length;
} ocelli_bytes;

OCELLI_IMPORT(OCELLI_SENSING("frames"), "[method]frame.info")
void ocelli_frame_info_of(ocelli_frame frame, ocelli_frame_info *result);
OCELLI_IMPORT(OCELLI_SENSING("frames"), "[method]frame.read")
void ocelli_frame_read(ocelli_frame frame, ocelli_bytes *result);
OCELLI_IMPORT(OCELLI_SENSING("frames"), "[resource-drop]frame")
void ocelli_frame_drop(ocelli_frame frame);

OCELLI_IMPORT(OCELLI_SENSING("measurements"), "publish")
void ocelli_measurements_publish(const char *name, size_t name_length, const char *unit, size_t unit_length, double value,
                                 const void *labels, size_t label_count, void *result);

/* Publishes a number without labels; whether it was taken. */
static inline bool ocelli_publish(const char *name, const char *unit, double value) {
  uint32_t result[4];
  ocelli_measurements_publish(name, ocelli_length(name), unit, ocelli_length(unit), value, 0, 0, result);
  return *(uint8_t *)result == 0;
}

OCELLI_IMPORT("wasi:logging/logging@0.1.0-draft", "log")
void ocelli_logging_log(int32_t level, const char *context, size_t context_length, const char *message, size_t message_length);

/* Writes a line to the instance's log. Level: 0 trace, 1 debug, 2 info, 3 warn, 4 error, 5 critical. */
static inline void ocelli_log(int32_t level, const char *message) {
  ocelli_logging_log(level, "", 0, message, ocelli_length(message));
}

/* result<_, string>, as handlers return it. */
typedef struct {
  uint8_t failed;
  const char *text;
  size_t text_length;
} ocelli_result;

/* What a handler returns: ok where `error` is null, else that text. */
static inline ocelli_result *ocelli_return(const char *error) {
  static ocelli_result result;
  result.failed = error != 0;
  result.text = error;
  result.text_length = error ? ocelli_length(error) : 0;
  return &result;
}

#endif
