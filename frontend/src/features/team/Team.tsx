export default function Team(_: { path: string }) {
  return null;
}
