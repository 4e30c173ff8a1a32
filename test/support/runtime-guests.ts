/** Components for the runtime tests, compiled from C with the canonical ABI by hand, once per source and machine. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools'
import type { Digest } from '@ocelli/schemas/ids'
import { contractText } from '../../wit/toolchain/wit-text.ts'

export interface TestComponent {
  readonly wasm: Uint8Array
  readonly digest: Digest
}

const HEADER = join(import.meta.dirname, 'runtime-guest.h')
const CACHE = join(tmpdir(), 'ocelli-test-guests')

/** A component of one world of the contract extended by `worldBody`, whose code is `source`. */
async function guestComponent(source: string, worldBody: string): Promise<TestComponent> {
  const witSource = contractText().replace(/^package [^;]+;/, (line) => `${line}\nworld under-test {\n${worldBody}\n}`)
  const key = createHash('sha256').update(source).update(readFileSync(HEADER)).update(witSource).digest('hex')
  const file = join(CACHE, `${key}.wasm`)
  if (existsSync(file)) return named(readFileSync(file))
  const binary = compile(source, ['-nostdlib', '-ffreestanding', '-Wl,--no-entry'], 'wasm32-unknown-unknown')
  const wasm = await componentNew(await componentEmbed({ binary, witSource, world: 'under-test' }))
  mkdirSync(CACHE, { recursive: true })
  const half = `${file}.${process.pid}`
  writeFileSync(half, wasm)
  renameSync(half, file)
  return named(wasm)
}

/** A C program with Debian's wasi-libc, made a component by jco's adapter for `wasi:cli/run`. */
export async function wasiProgram(source: string): Promise<TestComponent> {
  const binary = compile(
    source,
    ['--sysroot=/usr', '-I/usr/include/wasm32-wasi', '-L/usr/lib/wasm32-wasi'],
    'wasm32-wasi',
  )
  const adapter = new URL(
    '../lib/wasi_snapshot_preview1.command.wasm',
    import.meta.resolve('@bytecodealliance/jco/component'),
  )
  return named(await componentNew(binary, [['wasi_snapshot_preview1', readFileSync(adapter)]]))
}

export function named(wasm: Uint8Array): TestComponent {
  return { wasm, digest: `sha256:${createHash('sha256').update(wasm).digest('hex')}` as Digest }
}

function compile(source: string, options: readonly string[], target: string): Uint8Array {
  const scratch = mkdtempSync(join(tmpdir(), 'ocelli-guest-'))
  try {
    const input = join(scratch, 'guest.c')
    const output = join(scratch, 'guest.wasm')
    writeFileSync(input, source)
    execFileSync('clang', [`--target=${target}`, '-O2', '-I', import.meta.dirname, ...options, '-o', output, input])
    return readFileSync(output)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * One component that does whatever a test asks: at start and per frame by the configuration value `mode`, and by
 * command.
 */
export function probe(): Promise<TestComponent> {
  return guestComponent(PROBE, PROBE_WORLD)
}

export const PROBE_IMPORTS = [
  'ocelli:sensing/frames@0.1.0',
  'ocelli:sensing/measurements@0.1.0',
  'ocelli:sensing/events@0.1.0',
  'ocelli:sensing/state@0.1.0',
  'ocelli:sensing/images@0.1.0',
  'ocelli:sensing/imager-control@0.1.0',
  'wasi:config/store@0.2.0-draft',
  'wasi:logging/logging@0.1.0-draft',
]

const PROBE_WORLD = `
  import frames;
  import measurements;
  import events;
  import state;
  import images;
  import imager-control;
  import wasi:config/store@0.2.0-draft;
  import wasi:logging/logging@0.1.0-draft;
  export lifecycle;
  export frame-handler;
  export interval-handler;
  export command-handler;
`

const PROBE = `
#include "runtime-guest.h"
static char mode[32];
static u32 mode_length;
static u32 result[4];

static void say(const char *text) { log_line(2, "probe", 5, text, length_of(text)); }
static int is(const char *text) { return equals(mode, mode_length, text); }
static u32 *answer(const char *text, u32 length) {
  result[0] = 0; result[1] = (u32)text; result[2] = length;
  return result;
}
static u32 *refuse(u32 tag, const char *text) {
  result[0] = 1; result[1] = tag; result[2] = (u32)text; result[3] = length_of(text);
  return result;
}
static u32 *fail(const char *text) {
  result[0] = 1; result[1] = (u32)text; result[2] = length_of(text);
  return result;
}
static const char *digits(u32 number) {
  static char text[12];
  u32 at = 11;
  do text[--at] = '0' + number % 10; while (number /= 10);
  return text + at;
}

EXPORT("ocelli:sensing/lifecycle@0.1.0#init") u32 *init(void) {
  reset_heap();
  u32 out[4];
  config_get("mode", 4, out);
  if ((out[0] & 255) == 0 && (out[1] & 255) == 1) {
    mode_length = out[3] > 31 ? 31 : out[3];
    for (u32 i = 0; i < mode_length; i++) mode[i] = ((char *)out[2])[i];
  }
  if (is("init-fails")) return fail("the lens is on");
  if (is("init-traps")) fall_into_trap();
  if (is("init-spins")) spin();
  say("init");
  result[0] = 0;
  return result;
}

EXPORT("ocelli:sensing/lifecycle@0.1.0#stop") void stop(void) {
  reset_heap();
  if (is("stop-spins")) spin();
  say("stop");
}

static void publish_sum(const char *name, u8 *bytes, u32 length) {
  u64 sum = 0;
  for (u32 i = 0; i < length; i++) sum += (u64)bytes[i] * (i % 251 + 1);
  measure(name, (double)sum);
}

EXPORT("ocelli:sensing/frame-handler@0.1.0#on-frame") u32 *on_frame(u32 frame) {
  reset_heap();
  if (is("traps")) fall_into_trap();
  if (is("spins")) spin();
  frame_info_t info;
  frame_info(frame, &info);
  if (is("info")) {
    measure("width", info.width); measure("height", info.height); measure("sequence", (double)info.sequence);
    measure("capture", (double)info.capture_nanos); measure("format", info.format); measure("dropped", info.dropped);
    measure("exposure", info.exposure_micros); measure("gain", info.gain_decibels); measure("rate", info.frame_rate_millihertz);
  }
  if (is("reads")) {
    u32 plane[2];
    frame_read(frame, plane);
    publish_sum("plane", (u8 *)plane[0], plane[1]);
  }
  if (is("touches")) {
    u32 plane[2];
    frame_read(frame, plane);
  }
  if (is("region")) {
    u32 out[4];
    frame_read_region(frame, 3, 2, 8, 5, 2, out);
    publish_sum("region", (u8 *)out[1], out[2]);
    measure("length", out[2]);
    frame_read_region(frame, info.width - 1, 0, 2, 1, 1, out);
    measure("outside", out[0] & 255);
  }
  if (is("image")) {
    u32 out[4];
    image("view", 4, frame, 0, 0, 16, 8, 90, out);
    measure("bytes", (out[0] & 255) == 0 ? out[1] : 0);
  }
  if (is("exposes")) {
    u32 out[4];
    set_exposure(5000, out);
    measure("exposed", (out[0] & 255) == 0 ? out[1] : 0);
    set_exposure(4000000000u, out);
    measure("refused", out[0] & 255);
  }
  frame_drop(frame);
  if (is("errs")) return fail("too dark");
  result[0] = 0;
  return result;
}

EXPORT("ocelli:sensing/interval-handler@0.1.0#on-interval") u32 *on_interval(void) {
  reset_heap();
  measure("tick", 1);
  result[0] = 0;
  return result;
}

EXPORT("ocelli:sensing/command-handler@0.1.0#on-command")
u32 *on_command(const char *name, u32 name_length, const char *input, u32 input_length) {
  if (equals(name, name_length, "echo")) return answer(input, input_length);
  if (equals(name, name_length, "spin")) spin();
  if (equals(name, name_length, "trap")) fall_into_trap();
  if (equals(name, name_length, "refuse")) return refuse(2, "no film");
  if (equals(name, name_length, "bomb")) {
    while (__builtin_wasm_memory_grow(0, 1) != (unsigned long)-1) {
      u32 top = (u32)__builtin_wasm_memory_size(0) << 16;
      ((volatile u8 *)top)[-1] = 1;
    }
    __builtin_trap();
  }
  if (equals(name, name_length, "flood")) {
    u32 taken = 0;
    for (u32 i = 0; i < 2000; i++) {
      u32 out[4];
      measurement("flood", 5, "1", 1, i, 0, 0, out);
      if ((out[0] & 255) == 0) taken++;
    }
    const char *text = digits(taken);
    return answer(text, length_of(text));
  }
  if (equals(name, name_length, "hoard")) {
    u32 count = 20u << 16;
    u8 *labels = cabi_realloc(0, 0, 4, count * 16);
    u32 out[4];
    measurement("hoard", 5, "1", 1, 1, labels, count, out);
    return (out[0] & 255) == 1 ? answer("refused", 7) : answer("taken", 5);
  }
  if (equals(name, name_length, "remember")) {
    u32 out[4];
    state_set("note", 4, input, input_length, out);
    return (out[0] & 255) == 0 ? answer("kept", 4) : refuse(2, "not kept");
  }
  if (equals(name, name_length, "recall")) {
    u32 out[4];
    state_get("note", 4, out);
    return (out[1] & 255) == 1 ? answer((char *)out[2], out[3]) : answer("", 0);
  }
  if (equals(name, name_length, "alarm")) {
    u32 out[4];
    event("alarm", 5, 1, 0, 0, out);
    event("Not A Kind", 10, 1, 0, 0, out);
    return (out[0] & 255) == 1 && (out[1] & 255) == 0 ? answer("refused", 7) : answer("taken", 5);
  }
  return refuse(0, "");
}
`

/** Calls a detector and publishes what it found; imports frames for the type alone. */
export function detectorClient(): Promise<TestComponent> {
  return guestComponent(
    `
#include "runtime-guest.h"
static u32 result[4];
EXPORT("ocelli:sensing/frame-handler@0.1.0#on-frame") u32 *on_frame(u32 frame) {
  reset_heap();
  u32 out[4];
  detect(frame, out);
  if ((out[0] & 255) == 0) {
    detection_t *found = (detection_t *)out[1];
    measure("found", out[2]);
    if (out[2] > 0) { measure("x", found[0].x); measure("score", found[0].score); }
    u32 sent[4];
    detections(64, 48, found, out[2], sent);
  } else measure("error", out[1] & 255);
  frame_drop(frame);
  result[0] = 0;
  return result;
}
`,
    'import detector; import measurements; import detections; export frame-handler;',
  )
}

/** A provider: finds one box whose left edge is the sum of the first four pixels of the borrowed frame. */
export function detectorProvider(): Promise<TestComponent> {
  return guestComponent(
    `
#include "runtime-guest.h"
static u32 result[4];
static detection_t found;
EXPORT("ocelli:sensing/detector@0.1.0#detect") u32 *detects(u32 frame) {
  u32 out[4];
  frame_read_region(frame, 0, 0, 4, 1, 1, out);
  u8 *row = (u8 *)out[1];
  found.class = "thing"; found.class_length = 5; found.score = 0.5f;
  found.x = row[0] + row[1] + row[2] + row[3]; found.y = 1; found.width = 2; found.height = 3;
  frame_drop(frame);
  if (row[0] == 255) {
    result[0] = 1; result[1] = 0;
    return result;
  }
  if (row[0] == 254) __builtin_trap();
  result[0] = 0; result[1] = (u32)&found; result[2] = 1;
  return result;
}
`,
    'import frames; export detector;',
  )
}

/** A task that pulls three frames, publishes their plane sums and ends well. */
export function framePuller(): Promise<TestComponent> {
  return guestComponent(
    `
#include "runtime-guest.h"
EXPORT("wasi:cli/run@0.2.0#run") u32 run(void) {
  reset_heap();
  for (u32 i = 0; i < 3; i++) {
    u32 out[4];
    frames_next(2000, out);
    if ((out[0] & 255) != 0) return 1;
    u32 plane[2];
    frame_read(out[1], plane);
    u64 sum = 0;
    for (u32 k = 0; k < plane[1]; k++) sum += ((u8 *)plane[0])[k];
    measure("sum", (double)sum);
    frame_drop(out[1]);
  }
  return 0;
}
`,
    'import frames; import measurements; export wasi:cli/run@0.2.0;',
  )
}
