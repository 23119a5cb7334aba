import '../../styles/claims.css';
import { Board } from './Board';
import { ClaimPage } from './ClaimPage';

/** The board, or the claim that is open. */
export function ClaimsPage({ claim }: { claim: string | null }) {
  return claim === null ? <Board /> : <ClaimPage claim={claim} key={claim} />;
}
