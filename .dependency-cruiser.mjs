/** Who imports whom (ARCHITECTURE, "The parts"). Run by `npm run check`. */
const pure = '^(server/src/(domain|scheduler|rollout|reconcile)|agent/src/plan)/'

export default {
  forbidden: [
    {
      name: 'contracts-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^schemas/' },
      to: { path: '^(server|agent|simulator|wit|test)/' },
    },
    {
      name: 'server-and-agent-meet-in-messages-only',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(agent|simulator|test)/' },
    },
    {
      name: 'agent-knows-no-server',
      severity: 'error',
      from: { path: '^agent/' },
      to: { path: '^(server|simulator|test)/' },
    },
    {
      name: 'simulator-knows-no-server',
      severity: 'error',
      from: { path: '^simulator/' },
      to: { path: '^(server|test)/' },
    },
    {
      name: 'cli-and-console-are-http-clients',
      comment: 'They know the schemas and the HTTP API, and have no powers of their own',
      severity: 'error',
      from: { path: '^server/(cli|console)/' },
      to: { path: '^(server/src|agent|simulator|test)/' },
    },
    {
      name: 'console-knows-the-api-alone',
      comment: 'The web console is built from the OpenAPI document: of the schemas it may use types',
      severity: 'error',
      from: { path: '^server/console/src/' },
      to: { path: '^(server/cli|schemas|wit)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-folders-import-no-adapter',
      severity: 'error',
      from: { path: pure },
      to: {
        path: '^(server/src/(store|mqtt|http|artifacts|identity|loops|actions|manifest)/|server/src/(server|main)|agent/src/(run|runtime|link|storage|capability|imager|identity|trust)/|agent/src/(agent|main))',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pure-folders-import-no-platform',
      severity: 'error',
      from: { path: pure },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'adapters-do-not-import-one-another',
      severity: 'error',
      from: { path: '^server/src/(store|mqtt|artifacts|identity)/' },
      to: {
        path: '^server/src/(store|mqtt|http|artifacts|identity|loops|actions)/',
        pathNot: '^server/src/$1/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'product-needs-no-test-or-build-tools',
      severity: 'error',
      from: { path: '^(server/src|server/cli|agent/src|simulator/src|schemas/src)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    // dependency-cruiser reads TypeScript through the compiler's API, which TypeScript 7 does not publish yet.
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
}
