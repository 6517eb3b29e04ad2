/** How widgets look: dark text on white in light and dark themes, a thin frame, a font with Chinese characters. */
export const boxStyle =
  "background:#fff;color:#222;border:1px solid #ccc;border-radius:6px;padding:10px 14px;max-width:760px;line-height:1.5";
