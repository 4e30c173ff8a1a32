/** What the browser runs first: it asks for what every page shows, and only then loads the console. */
import './styles.css'
import { askEarly } from './api/early.ts'
import { takeTokenFromAddress } from './api/token.ts'
import { applyTheme } from './app/theme.ts'

applyTheme()
takeTokenFromAddress()
askEarly()
// After an upgrade of the server the names of its files are new: a page opened before loads itself again.
addEventListener('vite:preloadError', () => location.reload())
const { start } = await import('./app/start.tsx')
start()
