/** Who is signed in. */
import { Problem, get, post, request, setCsrfToken } from "./http";
import type { Session } from "./types";

async function remembered(session: Promise<Session>): Promise<Session> {
  const found = await session;
  setCsrfToken(found.csrf_token);
  return found;
}

/** Null when nobody is signed in. */
export async function currentSession(): Promise<Session | null> {
  try {
    return await remembered(get<Session>("session"));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export const signIn = (email: string, password: string) =>
  remembered(post<Session>("session", { email, password }));
export const signOut = () => request<void>("DELETE", "session");
