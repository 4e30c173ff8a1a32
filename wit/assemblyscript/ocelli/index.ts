// The contract `ocelli:sensing@0.1.0` for AssemblyScript: `import { Frame, publishMeasurement } from "ocelli"`.
export * from "./types";
export * from "./frames";
export * from "./detector";
export * from "./measurements";
export * from "./detections";
export * from "./events";
export * from "./images";
export * from "./state";
export * from "./config";
export * from "./logging";
export * from "./imager-control";
export * from "./commands";
