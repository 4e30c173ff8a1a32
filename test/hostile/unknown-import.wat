(component
  (import "elsewhere:physics/teleporter@9.9.9" (instance $teleporter
    (export "beam" (func (param "to" string)))))
  (core module $memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $memory (instantiate $memory))
  (core func $beam (canon lower (func $teleporter "beam") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $code
    (import "teleporter" "beam" (func $beam (param i32 i32)))
    (func (export "on-interval") (call $beam (i32.const 0) (i32.const 0))))
  (core instance $code (instantiate $code (with "teleporter" (instance (export "beam" (func $beam))))))
  (func $go (canon lift (core func $code "on-interval")))
  (export "go" (func $go)))
