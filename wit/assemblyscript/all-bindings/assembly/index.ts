// Calls what no sample calls, and says in measurements what came back.
import {
  CommandAnswer,
  CommandErrorKind,
  configText,
  Detection,
  DetectorAnswer,
  DetectorErrorKind,
  deleteState,
  Frame,
  getState,
  Label,
  Level,
  latestFrame,
  log,
  nextFrame,
  OutputErrorKind,
  PixelFormat,
  publishImage,
  publishMeasurement,
  Region,
  requestedSettings,
  setFrameRate,
  setState,
} from 'ocelli'

function say(name: string, value: f64): void {
  publishMeasurement(name, '1', value, [new Label('from', 'guest'), new Label('grüße', '')])
}

export function init(): string | null {
  return configText('refuse') == null ? null : 'refused by its configuration'
}

export function stop(): void {
  log(Level.Warn, 'stopped ✓', 'end')
}

export function onFrame(frame: Frame): string | null {
  const info = frame.info()
  say('sequence', <f64>info.sequence)
  say('time', <f64>info.captureTimeNanos)
  say('gray8', info.format == PixelFormat.Gray8 ? 1 : 0)
  say('exposure', <f64>info.settings.exposureMicros)
  say('gain', <f64>info.settings.gainDecibels)
  say('region', <f64>info.settings.region.width)
  say('rate', <f64>info.settings.frameRateMillihertz)
  say('outside', frame.readRegion(new Region(0, 0, <u32>info.width + 1, 1), 1) == null ? 1 : 0)
  say('image', <f64>publishImage('door', frame, new Region(1, 2, 3, 4), 80))
  return 'not today'
}

export function onInterval(): string | null {
  const none = getState('count')
  say('none', none == null ? 1 : 0)
  const bytes = new Uint8Array(3)
  bytes[2] = 9
  say('kept', setState('count', bytes) ? 1 : 0)
  const kept = getState('count')
  say('value', kept == null ? -1 : <f64>kept[2])
  deleteState('count')
  say('gone', getState('count') == null ? 1 : 0)
  const latest = latestFrame()
  say('latest', latest == null ? -1 : <f64>latest.info().sequence)
  if (latest != null) latest.drop()
  say('next', nextFrame(10) == null ? 1 : 0)
  say('rounded', <f64>setFrameRate(12345))
  const requested = requestedSettings()
  say('requested', requested == null ? -1 : <f64>requested.frameRateMillihertz)
  const refused = publishMeasurement('Wrong Name', '1', 0)
  say('refused', refused != null && refused.kind == OutputErrorKind.Invalid && refused.text == 'name' ? 1 : 0)
  const over = publishMeasurement('flood', '1', 0)
  say('over', over == null ? 0 : <f64>over.number)
  return null
}

export function onCommand(name: string, input: string): CommandAnswer {
  if (name == 'echo') return CommandAnswer.of(input + '!')
  if (name == 'fail') return CommandAnswer.refused(CommandErrorKind.Failed, 'on purpose')
  return CommandAnswer.refused(CommandErrorKind.UnknownCommand)
}

export function detect(frame: Frame): DetectorAnswer {
  if (frame.info().sequence == 0) return DetectorAnswer.refused(DetectorErrorKind.UnsupportedFrame, 'gray8 only')
  return DetectorAnswer.of([
    new Detection('person', 0.5, new Region(1, 2, 3, 4)),
    new Detection('dog', 1, new Region(5, 6, 7, 8)),
  ])
}

export function run(): bool {
  return false
}
