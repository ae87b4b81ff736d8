export function App() {
  return <h1>Touchstone</h1>;
}
