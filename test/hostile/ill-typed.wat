(component
  (core module $code
    (func (export "go") (result i32) (i64.const 7)))
  (core instance $code (instantiate $code))
  (func $go (result u32) (canon lift (core func $code "go")))
  (export "go" (func $go)))
