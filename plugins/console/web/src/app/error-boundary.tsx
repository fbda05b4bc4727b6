import { Component, type ReactNode } from 'react';
import { ErrorState } from '../ui/states.tsx';

/** Shows a message where a page has failed. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <div className="mx-auto max-w-3xl p-6">
        <ErrorState error={this.state.error} onRetry={() => location.reload()} />
      </div>
    );
  }
}
