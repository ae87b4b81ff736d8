/** The mark: a dark stone with one streak of gold. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="light-dark(#1c1b19, #333b45)" />
      <path d="M8.900 23.200 23 9.100" stroke="#d9a93f" strokeWidth="3.400" strokeLinecap="round" />
    </svg>
  );
}
