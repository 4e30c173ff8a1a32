/** Rules to start from, the one that is missed most first. */
export interface Template {
  readonly title: string
  readonly when: string
  readonly text: string
}

const rule = (name: string, summary: string, body: string) => `apiVersion: ocelli/v1
kind: Alert
metadata: { name: ${name} }
spec:
  summary: ${summary}
${body}`

export const TEMPLATES: readonly Template[] = [
  {
    title: 'A device goes silent',
    when: 'It was lost or said goodbye, and stays away for five minutes',
    text: rule(
      'device-silent',
      'A device is silent',
      `  condition:
    deviceSilent: { afterMs: 300000 }
  severity: critical
`,
    ),
  },
  {
    title: 'An instance crashes in a loop',
    when: 'The agent has given it up',
    text: rule(
      'crash-loop',
      'An instance crashes again and again',
      `  condition:
    instanceCrashLooping: {}
  severity: warning
`,
    ),
  },
  {
    title: 'A value leaves its bounds',
    when: 'The mean of five minutes is above a limit',
    text: rule(
      'too-many-people',
      'More people than the hall may hold',
      `  condition:
    threshold:
      name: people
      aggregate: mean
      windowMs: 300000
      above: 40
  forMs: 60000
  severity: warning
`,
    ),
  },
  {
    title: 'Nothing is measured any more',
    when: 'An instance should run, its device is online, and no value comes',
    text: rule(
      'no-values',
      'A sensor puts out nothing',
      `  condition:
    absence: { name: people, windowMs: 600000 }
  severity: warning
`,
    ),
  },
  {
    title: 'A sensor drifts from its own past',
    when: 'The last quarter of an hour differs from the day before',
    text: rule(
      'drift',
      'A sensor measures other than it used to',
      `  condition:
    drift:
      name: brightness
      windowMs: 900000
      pastMs: 86400000
      deviations: 4
  severity: info
`,
    ),
  },
]
