;; world: frame-analyser
(module
  (import "ocelli:sensing/frames@0.1.0" "[resource-drop]frame" (func $drop (param i32)))
  (import "ocelli:sensing/measurements@0.1.0" "publish"
    (func $publish (param i32 i32 i32 i32 f64 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 32) "flood1")
  (func (export "cabi_realloc") (param $old i32) (param $oldSize i32) (param $align i32) (param $size i32) (result i32)
    (i32.const 1024))
  (func (export "ocelli:sensing/frame-handler@0.1.0#on-frame") (param $frame i32) (result i32)
    (local $left i32)
    (local.set $left (i32.const 10000))
    (loop $again
      (call $publish
        (i32.const 32) (i32.const 5)
        (i32.const 37) (i32.const 1)
        (f64.convert_i32_u (local.get $left))
        (i32.const 0) (i32.const 0)
        (i32.const 64))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (call $drop (local.get $frame))
    (i32.store8 (i32.const 16) (i32.const 0))
    (i32.const 16)))
