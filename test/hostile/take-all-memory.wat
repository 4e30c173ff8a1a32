;; world: frame-analyser
(module
  (import "ocelli:sensing/frames@0.1.0" "[resource-drop]frame" (func $drop (param i32)))
  (memory (export "memory") 1)
  ;; Grows by 16 pages (1 MiB) at a time and writes to each page, so that the memory is really taken.
  (func (export "ocelli:sensing/frame-handler@0.1.0#on-frame") (param $frame i32) (result i32)
    (local $page i32)
    (local $end i32)
    (block $full
      (loop $more
        (local.set $page (memory.grow (i32.const 16)))
        (br_if $full (i32.eq (local.get $page) (i32.const -1)))
        (local.set $end (i32.add (local.get $page) (i32.const 16)))
        (loop $touch
          (i32.store (i32.mul (local.get $page) (i32.const 65536)) (i32.const 1))
          (local.set $page (i32.add (local.get $page) (i32.const 1)))
          (br_if $touch (i32.lt_u (local.get $page) (local.get $end))))
        (br $more)))
    (call $drop (local.get $frame))
    (i32.store8 (i32.const 16) (i32.const 0))
    (i32.const 16)))
