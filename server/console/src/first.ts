/**
 * What the browser runs before anything else, while it still loads the console: the page takes its colours, and the
 * questions that every page asks are sent.
 */
import { askEarly } from './api/early.ts'
import { takeTokenFromAddress } from './api/token.ts'
import { applyTheme } from './app/theme.ts'

applyTheme()
takeTokenFromAddress()
askEarly()
