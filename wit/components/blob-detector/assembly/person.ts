/** One person in the picture, in its pixels. */
export class Person {
  constructor(
    public left: i32,
    public top: i32,
    public right: i32,
    public bottom: i32,
    public score: f32,
  ) {}
}
