/** The words of a person's own work, in Spanish. */
import type { WorkWords } from "./work";

export const work: WorkWords = {
  search: "Buscar en mi trabajo",
  notFound: "Nada de tus últimas 100 respuestas tiene estas palabras.",
  pace: (kind, median, n) => `${kind}: ${median} en la mitad de ${n}`,
  locked: "Ya no se puede cambiar",
  openAgain: "Abrir de nuevo",
  title: "Mi trabajo",
  empty: "Aún no has enviado ninguna respuesta.",
  states: {
    submitted: "Espera revisión",
    accepted: "Aceptada",
    returned: "Devuelta",
    superseded: "Reemplazada",
  },
  known: {
    title: "Tareas con una respuesta conocida",
    share: (project, share) => `${project}: ${share} como se esperaba`,
    stands: (low, high, n) => `entre ${low} y ${high}, con ${n} respuestas`,
    few: (project, n, needs) => `${project}: ${n} hasta ahora; antes de ${needs} no se puede decir nada`,
    note: "Pares de respuestas ordenados como se esperaba. No se dice qué tareas son, y por eso las respuestas cuentan desde el día después de que ya no se puedan cambiar.",
  },
};
