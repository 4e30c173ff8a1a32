import { useSyncExternalStore } from 'react'
import { isDark, onThemeChange, type Theme, theme } from './theme.ts'

export const useTheme = (): Theme => useSyncExternalStore(onThemeChange, theme)
export const useIsDark = (): boolean => useSyncExternalStore(onThemeChange, isDark)
