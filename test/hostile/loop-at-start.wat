;; world: frame-analyser
(module
  (memory (export "memory") 1)
  (func $start
    (loop $again
      (br $again)))
  (start $start)
  (func (export "ocelli:sensing/frame-handler@0.1.0#on-frame") (param $frame i32) (result i32)
    (unreachable)))
