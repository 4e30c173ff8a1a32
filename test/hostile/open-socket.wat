(component
  (import "wasi:sockets/instance-network@0.2.0" (instance $sockets
    (export "network" (type $network (sub resource)))
    (export "instance-network" (func (result (own $network))))))
  (core func $open (canon lower (func $sockets "instance-network")))
  (core module $code
    (import "sockets" "open" (func $open (result i32)))
    (func (export "go") (drop (call $open))))
  (core instance $code (instantiate $code (with "sockets" (instance (export "open" (func $open))))))
  (func $go (canon lift (core func $code "go")))
  (export "go" (func $go)))
