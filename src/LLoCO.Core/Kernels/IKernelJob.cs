namespace LLoCO.Core.Kernels;

/// <summary>Work in numbered parts that may run at the same time.</summary>
internal interface IKernelJob
{
    /// <summary>Does one part.</summary>
    /// <param name="task">The part, from 0.</param>
    /// <param name="thread">Which of the pool's threads runs it, from 0: for scratch memory.</param>
    void Run(int task, int thread);
}
